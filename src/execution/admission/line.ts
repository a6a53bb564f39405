/** One that waits at the gate. */
export interface Waiter {
  readonly line: Line;
  readonly weight: number;
  readonly begun: boolean;
  serve(): void;
  refuse(error: Error): void;
}

/** What one tenant has at the gate. */
export class Line {
  readonly tenant: string;
  /** Units that it has out. */
  out = 0;
  /** Work that has been let in and not ended. */
  begun = 0;
  readonly #old = new Set<Waiter>();
  readonly #new = new Set<Waiter>();
  #newIsNext = true;

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  get waitingNew(): number {
    return this.#new.size;
  }

  get empty(): boolean {
    return this.out === 0 && this.begun === 0 && this.#old.size === 0 && this.#new.size === 0;
  }

  /** Whether this kind of work may be let in, when `most` may be in progress. */
  admits(begun: boolean, most: number): boolean {
    return begun || this.begun < most;
  }

  add(waiter: Waiter): void {
    (waiter.begun ? this.#old : this.#new).add(waiter);
  }

  /** False when it was not here any more. */
  remove(waiter: Waiter): boolean {
    return (waiter.begun ? this.#old : this.#new).delete(waiter);
  }

  /** The next turn is the other kind's. */
  served({ begun }: Waiter): void {
    this.#newIsNext = begun;
  }

  /** Who is served next: by turns work that has begun and new work, each in the order it came. */
  next(most: number): Waiter | null {
    const old = first(this.#old);
    const fresh = this.admits(false, most) ? first(this.#new) : null;
    return this.#newIsNext ? (fresh ?? old) : (old ?? fresh);
  }

  lastNew(): Waiter | null {
    return Array.from(this.#new).at(-1) ?? null;
  }

  all(): Waiter[] {
    return [...this.#old, ...this.#new];
  }
}

function first(waiters: ReadonlySet<Waiter>): Waiter | null {
  for (const waiter of waiters) return waiter;
  return null;
}
