/** One sequence to be computed. The engine knows how long it is, never what it says. */
export interface EngineRequest {
  /** Unique among the requests that have not ended. */
  readonly id: string;
  /** At least 1. */
  readonly promptTokens: number;
  /** Tokens it will generate, at least 1: the caller has decided the text. */
  readonly outputTokens: number;
  /**
   * Chained ids of all full blocks of prompt and planned output (`chainBlocks`): equal ids mean equal tokens up to
   * and with that block, under the same salt. Whole numbers from 0 to 2^53-1. Blocks without an id are never shared.
   */
  readonly blocks: readonly number[];
  /** Lower goes first, when the engine schedules by priority. Default 0. */
  readonly priority?: number;
}

/**
 * What happened to a request in a step. `started` comes once, also for a request that is preempted later.
 * `cachedTokens`: prompt tokens found in the prefix cache, less than the prompt. `tokens`: so many more were generated.
 */
export type EngineEvent =
  | { readonly type: "started"; readonly id: string; readonly cachedTokens: number }
  | { readonly type: "tokens"; readonly id: string; readonly count: number }
  | { readonly type: "finished"; readonly id: string }
  | { readonly type: "preempted"; readonly id: string };

export interface EngineStep {
  /** Milliseconds the step takes; its events happen at its end. */
  readonly ms: number;
  /** Prompt and output tokens computed. */
  readonly tokens: number;
  /** In the order in which they happened. */
  readonly events: readonly EngineEvent[];
}

/** A request inside the engine. */
export class Sequence {
  readonly request: EngineRequest;
  /** Order of submission. */
  readonly arrival: number;
  /** Tokens generated so far. */
  generated = 0;
  /** Tokens whose keys and values are in the cache. */
  computed = 0;
  /** Of them, those that the step under way computes; then they are counted by `computed`. */
  scheduled = 0;
  /** Leading blocks that are known to the prefix cache. */
  registered = 0;
  /** Indices of its KV blocks. */
  readonly blocks: number[] = [];
  /** Prompt tokens found in the prefix cache at the first start; -1 before. */
  cachedTokens = -1;
  /** The same for every token, so it is made once. */
  readonly tokenEvent: EngineEvent;

  constructor(request: EngineRequest, arrival: number) {
    this.request = request;
    this.arrival = arrival;
    this.tokenEvent = { type: "tokens", id: request.id, count: 1 };
  }

  /** Tokens that exist: the prompt and what was generated. */
  get known(): number {
    return this.request.promptTokens + this.generated;
  }
}
