/** A value's place in a list, with which it leaves wherever it stands. */
export interface ListEntry<T> {
  readonly value: T;
  before: ListEntry<T> | null;
  after: ListEntry<T> | null;
}

/** A list in which joining at either end, leaving from anywhere and reading the ends cost the same at any length. */
export class LinkedList<T> {
  #first: ListEntry<T> | null = null;
  #last: ListEntry<T> | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | null {
    return this.#first?.value ?? null;
  }

  get last(): T | null {
    return this.#last?.value ?? null;
  }

  addFirst(value: T): ListEntry<T> {
    const entry = { value, before: null, after: this.#first };
    if (this.#first) this.#first.before = entry;
    else this.#last = entry;
    this.#first = entry;
    this.#size++;
    return entry;
  }

  addLast(value: T): ListEntry<T> {
    const entry = { value, before: this.#last, after: null };
    if (this.#last) this.#last.after = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#size++;
    return entry;
  }

  takeFirst(): T | null {
    const entry = this.#first;
    if (entry) this.remove(entry);
    return entry?.value ?? null;
  }

  /** Takes out an entry of this list. Once only. */
  remove(entry: ListEntry<T>): void {
    if (entry.before) entry.before.after = entry.after;
    else this.#first = entry.after;
    if (entry.after) entry.after.before = entry.before;
    else this.#last = entry.before;
    this.#size--;
  }
}
