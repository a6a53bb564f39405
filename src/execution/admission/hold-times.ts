const WEIGHT = 0.1;
const MAX_SECONDS = 60;

/** How long units are usually out, to tell who is refused when to come again. */
export class HoldTimes {
  #meanMs = 0;

  add(ms: number): void {
    this.#meanMs = this.#meanMs === 0 ? ms : (1 - WEIGHT) * this.#meanMs + WEIGHT * ms;
  }

  /** Seconds in which those who wait now will have had their turn, at most a minute. */
  retryAfter(waiting: number, units: number): number {
    return Math.min(MAX_SECONDS, Math.max(1, Math.ceil((this.#meanMs * waiting) / units / 1000)));
  }
}
