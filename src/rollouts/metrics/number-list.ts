/** Numbers that come one by one, eight bytes each. Their order is nobody's business. */
export class NumberList {
  #values = new Float64Array(8);
  #length = 0;
  /** How many are known to be in order. */
  #sorted = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** The numbers in order of size; valid until another comes. */
  sorted(): Float64Array {
    const values = this.#values.subarray(0, this.#length);
    if (this.#sorted < this.#length) values.sort();
    this.#sorted = this.#length;
    return values;
  }
}

/** The numbers of all lists, in order of size. */
export function sortedTogether(lists: Iterable<NumberList>): Float64Array {
  const parts = Array.from(lists, (list) => list.sorted());
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}

/** A quantile of sorted numbers, between neighbours by proportion (as numpy and pandas do by default); null when there are none. */
export function quantile(sorted: Float64Array, share: number): number | null {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}
