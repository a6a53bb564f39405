import { expect, test } from "vitest";
import { breathe } from "./breathe.ts";

/** Keeps the event loop busy. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("who comes to a fresh event loop goes on at once", async () => {
  let goesOn = false;
  void breathe().then(() => (goesOn = true));
  await Promise.resolve();
  await Promise.resolve();
  expect(goesOn).toBe(true);
});

test("much work at once is done in order, and lets others in between", async () => {
  const order: number[] = [];
  const pieces = Array.from({ length: 100 }, async (_, i) => {
    await breathe();
    work(2);
    order.push(i);
  });
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const look = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await Promise.all(pieces);
  isOver = true;
  expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i));
  // Without turns it is 200 ms; a busy machine may stop us for some time.
  expect(longest).toBeLessThan(100);
});
