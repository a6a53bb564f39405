/** A bound over bytes that are held in memory at the same time, as the bodies of all requests. */
export interface ByteBudget {
  /** Takes `bytes`, or answers false and takes nothing when they would pass the bound. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** A budget of `limit` bytes. */
export function createByteBudget(limit: number): ByteBudget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > limit) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}
