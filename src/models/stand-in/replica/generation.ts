import { logProbOf, topLogProbs, type TokenLogProb } from "../text/log-probs.ts";

export type FinishReason = "stop" | "length" | "abort" | "error";

/** A sequence as it was decided before the first token is computed. */
export interface GenerationPlan {
  readonly prompt: readonly number[];
  /** All tokens, the end token included. At least one. */
  readonly tokens: readonly number[];
  /** The text of each token; together what the caller reads. */
  readonly texts: readonly string[];
  readonly finish: Exclude<FinishReason, "abort">;
  /** The stop string or token that hit. */
  readonly stopReason: string | number | null;
  /** Of the log-probs. */
  readonly seed: number;
  readonly priority: number;
  /** Separates prefix caches; empty for none. */
  readonly salt: string;
  /** What the caller allowed, for the metrics. */
  readonly maxTokens: number;
}

/** Tokens from `start` to `end` were generated under this version of the weights. */
export interface VersionSpan {
  readonly version: string;
  readonly start: number;
  end: number;
}

/** A sequence in an engine, and how far it is. */
export class Generation {
  /** Unique in its engine. */
  readonly id: string;
  /** As the caller knows it; all choices of a call have the same. */
  readonly callId: string;
  readonly plan: GenerationPlan;
  /** Tokens generated so far. */
  delivered = 0;
  /** Prompt tokens found in the prefix cache. */
  cachedTokens = 0;
  preemptions = 0;
  /** Null until it has ended. */
  finish: FinishReason | null = null;
  readonly versions: VersionSpan[] = [];
  /** Milliseconds on the clock's `monotonic`; null until then. */
  readonly times: { readonly arrived: number; started: number | null; first: number | null; last: number | null };
  /** Called after each step that brought tokens. */
  onTokens: (() => void) | null = null;

  constructor(id: string, callId: string, plan: GenerationPlan, arrived: number) {
    this.id = id;
    this.callId = callId;
    this.plan = plan;
    this.times = { arrived, started: null, first: null, last: null };
  }

  get tokens(): readonly number[] {
    return this.delivered === this.plan.tokens.length ? this.plan.tokens : this.plan.tokens.slice(0, this.delivered);
  }

  /** The text so far, from a token on. */
  text(from = 0): string {
    let text = "";
    for (let i = from; i < this.delivered; i++) text += this.plan.texts[i] ?? "";
    return text;
  }

  get stopReason(): string | number | null {
    return this.finish === "stop" ? this.plan.stopReason : null;
  }

  logProb(position: number): number {
    return logProbOf(this.plan.tokens[position] ?? 0, position, this.plan.seed);
  }

  topLogProbs(position: number, count: number): TokenLogProb[] {
    return topLogProbs(this.plan.tokens[position] ?? 0, position, this.plan.seed, count);
  }

  /** Counts tokens that were generated under a version of the weights. */
  deliver(count: number, version: string): void {
    this.delivered += count;
    const span = this.versions.at(-1);
    if (span?.version === version) span.end = this.delivered;
    else this.versions.push({ version, start: this.delivered - count, end: this.delivered });
  }
}
