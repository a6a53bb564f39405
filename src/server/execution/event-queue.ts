/** What is pushed, to be pulled once. Whoever pushes keeps the amount bounded. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #ended: { readonly error: Error | null } | null = null;
  #wake: (() => void) | null = null;
  #begun: () => void = () => undefined;
  /** Resolves when there is something to say: an item, or the end. */
  readonly begun = new Promise<void>((resolve) => (this.#begun = resolve));

  /** The item that came last, while it has not been pulled. */
  get last(): T | undefined {
    return this.#items.at(-1);
  }

  /** The error that ended it before anything was pushed. */
  get refusal(): Error | null {
    return this.#items.length === 0 ? (this.#ended?.error ?? null) : null;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#notify();
  }

  /** Nothing more comes; with an error, the reader gets it after the items. */
  end(error: Error | null = null): void {
    this.#ended ??= { error };
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift() as T;
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The same at once: what has not been pulled is forgotten. */
  fail(error: Error): void {
    this.#items.length = 0;
    this.end(error);
  }

  #notify(): void {
    this.#begun();
    this.#wake?.();
    this.#wake = null;
  }
}
