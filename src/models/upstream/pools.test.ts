import { Pool } from "undici";
import { expect, test } from "vitest";
import { Pools } from "./pools.ts";

function opened(connections: number) {
  const sizes: number[] = [];
  const pools = new Pools(connections, (size) => {
    sizes.push(size);
    return new Pool("http://127.0.0.1:1", { connections: size });
  });
  return { pools, sizes };
}

test("pools are opened as calls come, and together have no more connections than they may", async () => {
  const { pools, sizes } = opened(600);
  const places = Array.from({ length: 600 }, () => pools.take());
  expect(sizes).toEqual([256, 256, 88]);
  const counts = new Map<Pool, number>();
  for (const { pool } of places) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  expect([...counts.values()]).toEqual([256, 256, 88]);
  // One more waits in the one with the fewest calls.
  expect(pools.take().pool).toBe(places.at(-1)?.pool);
  await pools.close();
});

test("a place that is free again is taken first, and freeing it twice gives one", async () => {
  const { pools, sizes } = opened(300);
  const places = Array.from({ length: 257 }, () => pools.take());
  places[0]?.free();
  places[0]?.free();
  const first = places[0]?.pool;
  expect(pools.take().pool).toBe(first);
  expect(pools.take().pool).not.toBe(first);
  expect(sizes).toEqual([256, 44]);
  await pools.close();
});

test("none is opened once they are closed", async () => {
  const { pools, sizes } = opened(1_000);
  await pools.close();
  for (let i = 0; i < 500; i++) pools.take();
  expect(sizes).toEqual([256]);
});
