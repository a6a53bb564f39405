import type { Clock } from "../../src/core/clock.ts";

interface Event {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/** A clock on which time passes by events alone: a binary heap of them, equal times in order of arrival. */
export class VirtualClock implements Clock {
  readonly #heap: Event[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  /** Calls `run` each `ms` for as long as it answers true. */
  every(ms: number, run: () => boolean): void {
    this.after(ms, () => {
      if (run()) this.every(ms, run);
    });
  }

  /** Lets events happen until there are none, or until `isOver`. */
  runUntil(isOver: () => boolean): void {
    for (let event = this.#pop(); event; event = this.#pop()) {
      if (!event.run) continue;
      this.#now = event.at;
      event.run();
      if (isOver()) return;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = heap[above];
      if (!other || isBefore(other, event)) break;
      heap[at] = other;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (!left) break;
      let child = left;
      if (right && isBefore(right, left)) {
        child = right;
        below++;
      }
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
