import type { Sequence } from "./request.ts";
import type { EngineShape } from "./shape.ts";

/** Sequences in the order in which they have a right to run: by arrival, or by priority and then arrival. */
export class SequenceQueue {
  readonly #byPriority: boolean;
  readonly #items: Sequence[] = [];

  constructor(scheduling: EngineShape["scheduling"]) {
    this.#byPriority = scheduling === "priority";
  }

  get length(): number {
    return this.#items.length;
  }

  get first(): Sequence | undefined {
    return this.#items[0];
  }

  isBefore(a: Sequence, b: Sequence): boolean {
    const by = this.#byPriority ? (a.request.priority ?? 0) - (b.request.priority ?? 0) : 0;
    return by < 0 || (by === 0 && a.arrival < b.arrival);
  }

  /** Most come last; one that was preempted comes to its old place. */
  add(sequence: Sequence): void {
    const last = this.#items.at(-1);
    if (!last || this.isBefore(last, sequence)) {
      this.#items.push(sequence);
      return;
    }
    let [low, high] = [0, this.#items.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = this.#items[middle];
      if (item && this.isBefore(item, sequence)) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, sequence);
  }

  take(): Sequence | undefined {
    return this.#items.shift();
  }

  remove(sequence: Sequence): boolean {
    const at = this.#items.indexOf(sequence);
    if (at >= 0) this.#items.splice(at, 1);
    return at >= 0;
  }
}
