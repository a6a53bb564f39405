type Closer = (graceMs: number) => unknown;

/** What has been started, closed in the reverse order. One that fails does not keep the others from closing. */
export class Closers {
  readonly #closers: Closer[] = [];
  #closing: Promise<void> | null = null;

  add(closer: Closer): void {
    this.#closers.push(closer);
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#closeAll(graceMs);
    return this.#closing;
  }

  async #closeAll(graceMs: number): Promise<void> {
    const errors: unknown[] = [];
    for (const closer of this.#closers.toReversed()) {
      try {
        await closer(graceMs);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "not everything could be closed");
  }
}
