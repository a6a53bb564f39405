const NONE = -1;

/**
 * The KV cache: blocks with reference counts. A block that nobody uses keeps its contents, and can be found again by
 * its id, until it is the least recently used one and somebody needs space (vLLM's prefix caching).
 */
export class BlockPool {
  readonly size: number;
  readonly #references: Int32Array;
  /** Id of the contents, or -1. */
  readonly #ids: Float64Array;
  /** Unused blocks, least recently used first: a list with its ends at index `size`. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #byId = new Map<number, number>();
  #free: number;

  constructor(size: number) {
    this.size = size;
    this.#free = size;
    this.#references = new Int32Array(size);
    this.#ids = new Float64Array(size).fill(NONE);
    this.#next = Int32Array.from({ length: size + 1 }, (_, i) => (i + 1) % (size + 1));
    this.#previous = Int32Array.from({ length: size + 1 }, (_, i) => (i + size) % (size + 1));
  }

  /** Blocks that nobody uses, with or without contents. */
  get free(): number {
    return this.#free;
  }

  /** How many of the first `limit` ids are cached, from the first on without a gap. */
  match(ids: readonly number[], limit: number): number {
    let found = 0;
    while (found < limit && this.#byId.has(ids[found] ?? NONE)) found++;
    return found;
  }

  /** Of the first `count` ids, all cached: those that nobody uses, which taking makes unavailable to others. */
  unusedAmong(ids: readonly number[], count: number): number {
    let unused = 0;
    for (let i = 0; i < count; i++) {
      const block = this.#byId.get(ids[i] ?? NONE);
      if (block !== undefined && this.#references[block] === 0) unused++;
    }
    return unused;
  }

  /** Takes the blocks of the first `count` ids, all cached. */
  share(ids: readonly number[], count: number, into: number[]): void {
    for (let i = 0; i < count; i++) {
      const block = this.#byId.get(ids[i] ?? NONE);
      if (block === undefined) throw new Error("a block that is not cached");
      this.#take(block);
      into.push(block);
    }
  }

  /** Takes `count` blocks for new contents, the least recently used ones; the caller has looked at `free`. */
  allocate(count: number, into: number[]): void {
    for (let i = 0; i < count; i++) {
      const block = this.#next[this.size] ?? NONE;
      if (block === this.size) throw new Error("no block is free");
      this.#forget(block);
      this.#take(block);
      into.push(block);
    }
  }

  /** Makes a block in use findable. Another block with the same contents stays the one that is found. */
  register(block: number, id: number): void {
    if (this.#byId.has(id)) return;
    this.#byId.set(id, block);
    this.#ids[block] = id;
  }

  /** Gives blocks back. The last ones are reused first: a longer prefix is worth less than the one it begins with. */
  release(blocks: number[]): void {
    for (let i = blocks.length - 1; i >= 0; i--) {
      const block = blocks[i] ?? NONE;
      const references = (this.#references[block] ?? 0) - 1;
      if (references < 0) throw new Error("a block released twice");
      this.#references[block] = references;
      if (references === 0) this.#append(block);
    }
    blocks.length = 0;
  }

  /** Forgets all contents. Blocks in use stay in use. */
  clear(): void {
    this.#byId.clear();
    this.#ids.fill(NONE);
  }

  #take(block: number): void {
    const references = this.#references[block] ?? 0;
    this.#references[block] = references + 1;
    if (references > 0) return;
    const [before, after] = [this.#previous[block] ?? NONE, this.#next[block] ?? NONE];
    this.#next[before] = after;
    this.#previous[after] = before;
    this.#free--;
  }

  #append(block: number): void {
    const end = this.size;
    const last = this.#previous[end] ?? NONE;
    this.#next[last] = block;
    this.#previous[block] = last;
    this.#next[block] = end;
    this.#previous[end] = block;
    this.#free++;
  }

  #forget(block: number): void {
    const id = this.#ids[block] ?? NONE;
    if (id === NONE) return;
    this.#byId.delete(id);
    this.#ids[block] = NONE;
  }
}
