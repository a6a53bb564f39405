/**
 * Starts `work` for each item, at most `parallel` at once, and answers what comes of them as they complete. The next one is
 * started only when its reader wants more, so results that nobody reads do not pile up. What one of them throws ends it.
 */
export async function* asCompleted<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  parallel: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Map<number, Promise<{ readonly key: number; readonly value: R }>>();
  let started = 0;
  const start = (item: T) => {
    const key = started++;
    const one = work(item).then((value) => ({ key, value }));
    // Those that are left when another has failed have nobody to tell.
    one.catch(() => undefined);
    running.set(key, one);
  };
  const next = async (): Promise<R> => {
    const { key, value } = await Promise.race(running.values());
    running.delete(key);
    return value;
  };
  for await (const item of items) {
    start(item);
    if (running.size >= parallel) yield await next();
  }
  while (running.size > 0) yield await next();
}
