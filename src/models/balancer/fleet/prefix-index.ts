import { LRUCache } from "lru-cache";
import type { PrefixChain } from "../call.ts";

/** Blocks remembered for each replica: llm-d's default. */
const CAPACITY = 31_250;

/** Prompt blocks that a replica has been sent, and so has probably cached. */
export class PrefixIndex {
  readonly #blocks = new LRUCache<number, true>({ max: CAPACITY });

  add({ hashes }: PrefixChain): void {
    // From the end, so that the beginning, which others share, is forgotten last.
    for (let i = hashes.length - 1; i >= 0; i--) {
      const hash = hashes[i];
      if (hash !== undefined) this.#blocks.set(hash, true);
    }
  }

  /** Tokens of the chain's blocks from the first on that are known without a gap. */
  matchedTokens({ hashes, blockTokens }: PrefixChain): number {
    let matched = 0;
    for (const hash of hashes) {
      if (!this.#blocks.has(hash)) break;
      matched++;
    }
    return matched * blockTokens;
  }

  clear(): void {
    this.#blocks.clear();
  }
}
