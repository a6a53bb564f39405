/** A 32-bit hash of a text (FNV-1a, mixed as MurmurHash3 ends). For spreading, not for secrets. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Rendezvous hashing: of all replicas, a key belongs to the one with the smallest rank, whoever else joins or leaves. */
export function rendezvousRank(key: string, replicaId: string): number {
  return hash32(`${key}\n${replicaId}`);
}
