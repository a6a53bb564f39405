/** A mean that follows what is measured: every sample weighs `rate`, everything older the rest. */
export class RunningMean {
  #value: number;
  readonly #rate: number;

  constructor(start: number, rate: number) {
    this.#value = start;
    this.#rate = rate;
  }

  get value(): number {
    return this.#value;
  }

  add(sample: number): void {
    this.#value += (sample - this.#value) * this.#rate;
  }
}
