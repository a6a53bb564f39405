import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CallContext, rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { Gate } from "./gate.ts";

const BUSY = new SandlotError("queue_full", { resource: "runs", retry_after: 2 });

/** A clock whose timers fire when the test moves it, earliest first. */
function manualClock() {
  let now = 0;
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    after: (ms: number, fn: () => void) => {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return () => (timers = timers.filter((waiting) => waiting !== timer));
    },
    async advance(ms: number) {
      await settle();
      now += ms;
      for (const timer of timers.filter(({ at }) => at <= now)) timer.fn();
      timers = timers.filter(({ at }) => at > now);
      await settle();
    },
  };
}

/** Lets everything run that waits for nothing but promises. */
async function settle() {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function gateOf(max: number, clock = manualClock()) {
  const isRefusal = (error: unknown) => SandlotError.is(error, "queue_full");
  return { gate: new Gate({ max, isRefusal, clock, random: () => 0 }), clock };
}

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve, reject } = deferred();
  return { run: () => promise, end: () => resolve("done"), fail: (error: Error) => reject(error) };
}

function deferred() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

describe("a gate", () => {
  test("lets in as many as it may, the others in their order", async () => {
    const { gate } = gateOf(2);
    const order: number[] = [];
    const works = Array.from({ length: 5 }, work);
    const runs = works.map(({ run }, i) =>
      gate.run(rootContext(), () => {
        order.push(i);
        return run();
      }),
    );
    await settle();
    expect([order, gate.inside, gate.waiting]).toEqual([[0, 1], 2, 3]);
    works[1]?.end();
    await settle();
    works[0]?.end();
    await settle();
    expect(order).toEqual([0, 1, 2, 3]);
    for (const { end } of works) end();
    expect(await Promise.all(runs)).toEqual(works.map(() => "done"));
    expect([gate.inside, gate.waiting]).toEqual([0, 0]);
  });

  test("comes again after a refusal, not before the time that was asked for, and bears less meanwhile", async () => {
    const { gate, clock } = gateOf(10);
    let tries = 0;
    const run = gate.run(rootContext(), async () => {
      if (++tries === 1) throw BUSY;
      return "done";
    });
    await clock.advance(1_999);
    expect([tries, gate.inside, gate.limit]).toEqual([1, 0, 1]);
    await clock.advance(1);
    expect(await run).toBe("done");
    expect(tries).toBe(2);
  });

  test("throws what is no refusal at once", async () => {
    const { gate } = gateOf(1);
    const error = new SandlotError("cancelled", { detail: "x" });
    await expect(gate.run(rootContext(), () => Promise.reject(error))).rejects.toBe(error);
    expect(gate.inside).toBe(0);
  });

  test("is given up at last", async () => {
    const { gate, clock } = gateOf(1);
    let tries = 0;
    const run = gate.run(rootContext(), () => {
      tries++;
      return Promise.reject(BUSY);
    });
    const failed = expect(run).rejects.toBe(BUSY);
    for (let i = 0; i < 200; i++) await clock.advance(10_000);
    await failed;
    expect(tries).toBeGreaterThan(10);
  });

  test("waits are paused work, and only waits", async () => {
    const { gate } = gateOf(1);
    let paused = 0;
    let pauses = 0;
    const pause = () => {
      paused++;
      pauses++;
      return () => void paused--;
    };
    const ctx: CallContext = { ...rootContext(), pause };
    const [first, second] = [work(), work()];
    const runs = [gate.run(ctx, first.run), gate.run(ctx, second.run)];
    await settle();
    expect([paused, pauses]).toEqual([1, 1]);
    first.end();
    await settle();
    expect(paused).toBe(0);
    second.end();
    await Promise.all(runs);
    expect(pauses).toBe(1);
  });

  test("tells how long one would wait, from the stays of late", async () => {
    const { gate, clock } = gateOf(1);
    expect(gate.expectedWaitMs).toBe(0);
    for (let i = 0; i < 100; i++) {
      const one = work();
      const run = gate.run(rootContext(), one.run);
      await clock.advance(1_000);
      one.end();
      await run;
    }
    const works = Array.from({ length: 11 }, work);
    const runs = works.map(({ run }) => gate.run(rootContext(), run));
    await settle();
    expect(Math.round(gate.expectedWaitMs / 1_000)).toBe(11);
    for (const { end } of works) end();
    await Promise.all(runs);
  });

  test("nobody is lost or let in twice, whoever ends, fails, or is cancelled while waiting", async () => {
    const event = fc.record({ kind: fc.constantFrom("come", "end", "fail", "cancel"), which: fc.nat(30) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 60 }), async (max, events) => {
        const { gate } = gateOf(max);
        const comers: { inside: boolean; over: boolean; controller: AbortController; one: ReturnType<typeof work> }[] =
          [];
        for (const { kind, which } of events) {
          const comer = comers[which % Math.max(1, comers.length)];
          if (kind === "come") {
            const controller = new AbortController();
            const added = { inside: false, over: false, controller, one: work() };
            comers.push(added);
            const run = gate.run(rootContext({ signal: controller.signal }), async () => {
              added.inside = true;
              try {
                return await added.one.run();
              } finally {
                added.inside = false;
              }
            });
            run.catch(() => undefined).finally(() => (added.over = true));
          } else if (kind === "end" && comer?.inside) comer.one.end();
          else if (kind === "fail" && comer?.inside) comer.one.fail(new Error("failed"));
          else if (kind === "cancel" && comer && !comer.inside) comer.controller.abort(new Error("cancelled"));
          await settle();
          const inside = comers.filter((one) => one.inside).length;
          const waiting = comers.filter((one) => !one.inside && !one.over).length;
          expect([gate.inside, gate.waiting]).toEqual([inside, waiting]);
          expect(inside).toBe(Math.min(max, inside + waiting));
        }
      }),
      { numRuns: 50 },
    );
  });
});
