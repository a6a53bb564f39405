/** Number, mean, spread and range of values that come one by one, without keeping them. */
export class Moments {
  count = 0;
  min = Infinity;
  max = -Infinity;
  /** Welford's running mean and sum of squared distances from it. */
  #running = 0;
  #squares = 0;
  /** The sum, and what rounding has lost of it (Neumaier): a mean of half ones is 0.5 and nothing near it. */
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    this.count++;
    const before = value - this.#running;
    this.#running += before / this.count;
    this.#squares += before * (value - this.#running);
    const sum = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** 0 while there is none. */
  get mean(): number {
    return this.count === 0 ? 0 : (this.#sum + this.#lost) / this.count;
  }

  /** Sample standard deviation (n − 1); null for fewer than two values. */
  get std(): number | null {
    return this.count < 2 ? null : Math.sqrt(Math.max(0, this.#squares) / (this.count - 1));
  }
}

/** Moments of values that are all there. */
export function momentsOf(values: Iterable<number>): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}
