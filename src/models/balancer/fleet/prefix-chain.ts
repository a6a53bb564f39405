import { createHash } from "node:crypto";
import type { PrefixChain } from "../call.ts";

/** Bytes of a block: about a thousand tokens. */
export const PREFIX_BLOCK_BYTES = 4096;
/** Prompts beyond 4 MiB agree in their first blocks or not at all. */
const MAX_BLOCKS = 1024;

/**
 * Chained hashes of the full blocks of a request body, for calls that name no session. Of the body as it comes: what
 * stands before the messages must be the same in every turn. `bytesPerToken` from `Balancer.estimates`.
 */
export function prefixChainOf(body: Uint8Array, bytesPerToken: number): PrefixChain {
  const hashes: number[] = [];
  let previous = new Uint8Array(0);
  const blocks = Math.min(MAX_BLOCKS, Math.floor(body.length / PREFIX_BLOCK_BYTES));
  for (let i = 0; i < blocks; i++) {
    const block = body.subarray(i * PREFIX_BLOCK_BYTES, (i + 1) * PREFIX_BLOCK_BYTES);
    const digest = createHash("sha256").update(previous).update(block).digest();
    hashes.push(digest.readUIntBE(0, 6));
    previous = digest;
  }
  return { hashes, blockTokens: PREFIX_BLOCK_BYTES / bytesPerToken };
}
