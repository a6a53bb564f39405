/** Most items of one batch. */
const BATCH = 500;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions<Item, Result> {
  /** What may not be twice in one batch. */
  readonly identity: (item: Item) => string;
  /** A result, or the error, of each item. Throws when none of them was done. */
  readonly run: (key: string, items: readonly Item[]) => Promise<(Result | Error)[]>;
  /** Whether what `run` threw may be the fault of one item: then each is done by itself. */
  readonly isOfOne: (error: unknown) => boolean;
}

/**
 * Does items of one key together: whatever comes while a batch of its key runs waits for the next. What waits is bounded by
 * the callers, who wait for their results.
 */
export function inBatches<Item, Result>({
  identity,
  run,
  isOfOne,
}: BatchOptions<Item, Result>): (key: string, item: Item) => Promise<Result> {
  const queues = new Map<string, Waiting<Item, Result>[]>();

  const runBatch = async (key: string, batch: readonly Waiting<Item, Result>[]) => {
    try {
      const items = batch.map(({ item }) => item);
      const results = await run(key, items);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result === undefined) reject(new RangeError("a batch has fewer results than items"));
        else if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      if (batch.length > 1 && isOfOne(error)) for (const one of batch) await runBatch(key, [one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (key: string, queue: Waiting<Item, Result>[]) => {
    while (queue.length > 0)
      await runBatch(
        key,
        takeDistinct(queue, ({ item }) => identity(item)),
      );
    queues.delete(key);
  };

  return (key, item) =>
    new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = queues.get(key);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const first = [waiting];
      queues.set(key, first);
      void drain(key, first);
    });
}

/** Takes the first items out of `queue`, up to one whose identity is there already. */
function takeDistinct<T>(queue: T[], identity: (item: T) => string): T[] {
  const seen = new Set<string>();
  let count = 0;
  for (const item of queue) {
    const id = identity(item);
    if (count === BATCH || seen.has(id)) break;
    seen.add(id);
    count++;
  }
  return queue.splice(0, count);
}
