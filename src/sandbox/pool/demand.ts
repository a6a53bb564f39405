import type { Clock } from "../../core/clock.ts";

/**
 * The most that was needed at once lately. What a pool shrinks to: with the need of the moment it would remove between
 * two claims what the next one makes again. Remembers `windowMs` at least and twice as much at most.
 */
export class PeakDemand {
  readonly #clock: Clock;
  readonly #windowMs: number;
  #since: number;
  #current = 0;
  #before = 0;

  constructor(windowMs: number, clock: Clock) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#since = clock.monotonic();
  }

  note(needed: number): void {
    this.#turn();
    this.#current = Math.max(this.#current, needed);
  }

  get peak(): number {
    this.#turn();
    return Math.max(this.#current, this.#before);
  }

  #turn(): void {
    const passed = this.#clock.monotonic() - this.#since;
    if (passed < this.#windowMs) return;
    this.#before = passed < 2 * this.#windowMs ? this.#current : 0;
    this.#current = 0;
    this.#since += Math.floor(passed / this.#windowMs) * this.#windowMs;
  }
}
