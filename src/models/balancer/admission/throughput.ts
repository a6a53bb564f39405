import type { Clock } from "../../../core/clock.ts";

const WINDOW_MS = 10_000;
const [SHORTEST_SECONDS, LONGEST_SECONDS] = [1, 60];

/** How many calls are answered, to say when it is worth asking again. */
export class Throughput {
  readonly #clock: Clock;
  #windowStart: number;
  #count = 0;
  /** Answers per second in the last full window. */
  #rate = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#windowStart = clock.monotonic();
  }

  count(): void {
    this.#roll();
    this.#count++;
  }

  /** Whole seconds until so many calls will have been answered: 1 to 60. */
  secondsFor(calls: number): number {
    this.#roll();
    if (this.#rate === 0) return SHORTEST_SECONDS;
    return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, Math.ceil(calls / this.#rate)));
  }

  #roll(): void {
    const passed = this.#clock.monotonic() - this.#windowStart;
    if (passed < WINDOW_MS) return;
    this.#rate = this.#count / (passed / 1000);
    this.#count = 0;
    this.#windowStart = this.#clock.monotonic();
  }
}
