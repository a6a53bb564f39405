/** Runs `fn` when every earlier call with the same key has settled. */
export type InTurn = <T>(key: string, fn: () => Promise<T>) => Promise<T>;

/** Turns per key. A key costs nothing when nobody waits for it. */
export function turns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, fn) => {
    const before = last.get(key);
    const mine = before === undefined ? fn() : before.then(fn, fn);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
