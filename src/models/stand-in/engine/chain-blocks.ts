/**
 * Chained ids of the full blocks of a token sequence, as `EngineRequest.blocks` takes them: the id of a block depends
 * on its tokens, on all tokens before it and on the salt. 53 bits, so that equal ids by accident need about 10^8 blocks.
 */
export function chainBlocks(tokens: ArrayLike<number>, blockTokens: number, salt = ""): number[] {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (let i = 0; i < salt.length; i++) {
    high = mix(high, salt.charCodeAt(i));
    low = mix(low, high);
  }
  const ids: number[] = [];
  const end = tokens.length - (tokens.length % blockTokens);
  for (let start = 0; start < end; start += blockTokens) {
    for (let i = start; i < start + blockTokens; i++) {
      const token = tokens[i] ?? 0;
      high = mix(high, token);
      low = mix(low, token ^ high);
    }
    ids.push((high & 0x1fffff) * 2 ** 32 + (low >>> 0));
  }
  return ids;
}

/** One round of MurmurHash3 (Austin Appleby, public domain). */
function mix(hash: number, value: number): number {
  const k = Math.imul(value, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
