import type { Clock } from "../../core/clock.ts";

/** So many per second on average; what was not used in the last second may come at once. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#perMs = perSecond / 1000;
    this.#most = Math.max(1, perSecond);
    this.#tokens = this.#most;
    this.#at = clock.monotonic();
  }

  /** Milliseconds until there is a token; 0 when there is one. */
  get waitMs(): number {
    this.#fill();
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs);
  }

  /** Takes a token that is there. */
  take(): void {
    this.#tokens--;
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
