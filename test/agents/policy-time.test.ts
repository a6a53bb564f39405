import { expect, test } from "vitest";
import { createPolicyTime, OVERRUN } from "../../src/agents/policy-time.ts";
import { type CallContext, rootContext, whilePaused } from "../../src/core/context.ts";
import { sleep } from "../../src/core/clock.ts";
import { manualClock } from "../models/clocks.ts";

const SECOND = 1_000;

/** Work of so many seconds, and a wait of so many for a place within it. */
function within(clock: ReturnType<typeof manualClock>, waits: number, works: number, ctx: CallContext = rootContext()) {
  const time = createPolicyTime(clock, 10 * SECOND);
  return time.within(ctx, "the model", async (scope) => {
    await whilePaused(scope, () => sleep(clock, waits * SECOND, scope.signal));
    await sleep(clock, works * SECOND, scope.signal);
    return "done";
  });
}

async function play<T>(clock: ReturnType<typeof manualClock>, run: Promise<T>): Promise<T> {
  const moving = setInterval(() => clock.advance(SECOND), 0);
  return run.finally(() => clearInterval(moving));
}

test("a wait for a place is not the policy's time, however long", async () => {
  const clock = manualClock();
  expect(await play(clock, within(clock, 300, 9))).toBe("done");
});

test("after a wait, the time goes on where it stood", async () => {
  const clock = manualClock();
  expect(await play(clock, within(clock, 300, 11))).toBe(OVERRUN);
});

test("waits may overlap", async () => {
  const clock = manualClock();
  const time = createPolicyTime(clock, 10 * SECOND);
  const run = time.within(rootContext(), "tools", async (scope) => {
    const wait = (seconds: number) => whilePaused(scope, () => sleep(clock, seconds * SECOND, scope.signal));
    await Promise.all([wait(20), wait(30), wait(5)]);
    await sleep(clock, 9 * SECOND, scope.signal);
    return "done";
  });
  expect(await play(clock, run)).toBe("done");
});
