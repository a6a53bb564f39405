import type { Clock } from "../../core/clock.ts";

const BASE_MS = 250;
const MAX_MS = 10_000;

/** Spaces out attempts at something that keeps failing: doubling waits, one success closes it. */
export class Breaker {
  readonly #clock: Clock;
  #failures = 0;
  #retryAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next attempt is due; 0 when it may be made now. */
  get waitMs(): number {
    return Math.max(0, this.#retryAt - this.#clock.monotonic());
  }

  /** Whether the last attempt failed: the next one is made alone, to see. */
  get isOpen(): boolean {
    return this.#failures > 0;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#retryAt = 0;
  }

  failed(): void {
    this.#failures++;
    this.#retryAt = this.#clock.monotonic() + Math.min(MAX_MS, BASE_MS * 2 ** (this.#failures - 1));
  }
}
