import type { Pool } from "undici";

/** Connections of one pool of undici's, which goes through all of them with every call and with every end of one. */
const PER_POOL = 256;

/** As many pools as there are calls for: the first that has room takes the next. */
export class Pools {
  readonly #open: (connections: number) => Pool;
  readonly #sizes: readonly number[];
  readonly #pools: { readonly pool: Pool; readonly size: number; calls: number }[] = [];
  #closing: Promise<void> | null = null;

  /** `connections` of all, at least one; `open` makes a pool of so many. */
  constructor(connections: number, open: (connections: number) => Pool) {
    this.#open = open;
    const whole = Array.from({ length: Math.floor(connections / PER_POOL) }, () => PER_POOL);
    const rest = connections % PER_POOL;
    this.#sizes = rest > 0 ? [...whole, rest] : whole;
    this.#more();
  }

  /** A pool with room; where there is none and there may be no more, the one with the fewest calls, in which the call waits. */
  take(): { readonly pool: Pool; readonly free: () => void } {
    const chosen = this.#pools.find(({ calls, size }) => calls < size) ?? this.#more() ?? this.#leastBusy();
    chosen.calls++;
    let isFree = false;
    const free = () => {
      if (!isFree) chosen.calls--;
      isFree = true;
    };
    return { pool: chosen.pool, free };
  }

  /** Ends all connections; calls in flight fail, and so do later ones. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#pools.map(({ pool }) => pool.destroy())).then(() => undefined);
    return this.#closing;
  }

  #more() {
    const size = this.#sizes[this.#pools.length];
    if (size === undefined || this.#closing) return undefined;
    const added = { pool: this.#open(size), size, calls: 0 };
    this.#pools.push(added);
    return added;
  }

  #leastBusy() {
    return this.#pools.reduce((least, one) => (one.calls < least.calls ? one : least));
  }
}
