/** What an engine did since it was made. */
export interface EngineTotals {
  steps: number;
  /** Milliseconds of engine time spent in steps. */
  busyMs: number;
  /** Prompt tokens of started requests, and those of them that the prefix cache had. */
  promptTokens: number;
  cachedPromptTokens: number;
  generationTokens: number;
  /** Tokens looked up in the prefix cache, and found: once per request, not again after a preemption. */
  prefixQueries: number;
  prefixHits: number;
  preemptions: number;
  finished: number;
  aborted: number;
}

/** What an engine does at the moment, and its totals. */
export interface EngineCounters extends Readonly<EngineTotals> {
  readonly running: number;
  /** Not yet running, held by a pause included. */
  readonly waiting: number;
  /** Share of the KV cache that requests use, 0–1. */
  readonly kvUsage: number;
}

export const NO_TOTALS: Readonly<EngineTotals> = {
  steps: 0,
  busyMs: 0,
  promptTokens: 0,
  cachedPromptTokens: 0,
  generationTokens: 0,
  prefixQueries: 0,
  prefixHits: 0,
  preemptions: 0,
  finished: 0,
  aborted: 0,
};
