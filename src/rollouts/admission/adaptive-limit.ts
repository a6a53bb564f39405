import type { Clock } from "../../core/clock.ts";

export interface AdaptiveLimitOptions {
  readonly max: number;
  readonly clock: Clock;
}

/** A refusal takes this share away; another within `CALM_MS` belongs to the same overload and takes nothing. */
const KEPT = 0.85;
const CALM_MS = 1_000;

/**
 * How much at once is borne, found out by trying (additive increase, multiplicative decrease): every refusal lowers it, and as
 * many successes as it is high, while it is used up, raise it by one. It starts at its highest.
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;
  #loweredAt = -Infinity;

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = options.max;
  }

  /** From 1 to the highest. */
  get current(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** Whether it is below what is configured. */
  get isLowered(): boolean {
    return this.#limit < this.#options.max;
  }

  /** One of `inUse` at once went well. */
  succeeded(inUse: number): void {
    // What was not asked for says nothing of what would be borne.
    if (inUse < this.current) return;
    this.#limit = Math.min(this.#options.max, this.#limit + 1 / this.#limit);
  }

  /** One of `inUse` at once was one too many. */
  refused(inUse: number): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#loweredAt < CALM_MS) return;
    this.#loweredAt = now;
    this.#limit = Math.max(1, KEPT * Math.min(this.#limit, inUse));
  }
}
