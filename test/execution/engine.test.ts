import { describe, expect, it } from "vitest";
import { LOCAL_PRINCIPAL, rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { SandboxMode } from "../../src/sandbox/index.ts";
import { cases, ctx, open, outOf, request, sleep, statuses } from "./support/memory-engine.ts";
import { type Inside, printed } from "./support/memory-sandboxes.ts";

const numberOf = ({ request }: Inside) => Number(Buffer.from(request.stdin ?? []).toString());
const tenant = (name: string) => rootContext({ principal: { ...LOCAL_PRINCIPAL, tenant: name } });

describe("a batch", () => {
  it("runs cases side by side, up to the slots of a sandbox, and answers them by index", async () => {
    const { engine, memory } = open(
      async (inside) => {
        await sleep(5 - (numberOf(inside) % 5));
        return printed(`${numberOf(inside)}`);
      },
      { slots: 4 },
    );
    const { cases: stages } = await engine.run(ctx, request({ cases: cases(50) }));
    expect(stages.map(outOf)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
    expect(memory.counts.mostRunning).toBe(4);
    memory.counts.mostRunning = 0;
    await engine.run(ctx, request({ cases: cases(10), parallel: 2 }));
    expect(memory.counts.mostRunning).toBe(2);
  });

  it("ends after the first failure in order, and calls off what came after it", async () => {
    const { engine, memory } = open(
      async (inside) => {
        const n = numberOf(inside);
        if (n === 3) await sleep(20);
        if (n === 4) await sleep(10);
        if (n === 5) return new Promise(() => undefined);
        return printed("", n >= 3 ? { exit: { code: n } } : {});
      },
      { slots: 4 },
    );
    const heard: number[] = [];
    const { cases: stages } = await engine.run(ctx, request({ cases: cases(100), stopAtFirstFailure: true }), {
      onCase: (index) => heard.push(index),
    });
    expect(statuses(stages).slice(0, 6)).toEqual(["ok", "ok", "ok", "runtime_error", null, null]);
    expect(stages[3]?.message).toBe("exit code 3");
    expect(statuses(stages).filter((status) => status !== null)).toHaveLength(4);
    expect(memory.counts.runs).toBeLessThan(10);
    expect(heard).toEqual(expect.arrayContaining([0, 1, 2, 3]));
    expect(engine.load).toEqual({ out: 0, waiting: 0 });
    // Sandboxes are well after runs were called off.
    expect(memory.alive.size).toBeGreaterThan(0);
  });

  it("goes on after failures when it is not to stop", async () => {
    const { engine } = open((inside) =>
      printed("", numberOf(inside) % 2 ? { limit: "wall", exit: { signal: 9 } } : {}),
    );
    const { cases: stages } = await engine.run(ctx, request({ cases: cases(4) }));
    expect(statuses(stages)).toEqual(["ok", "time_limit", "ok", "time_limit"]);
    expect(stages[1]?.exit).toBeNull();
  });

  it("frees its slots when it is cancelled, and when one case breaks", async () => {
    const { engine, memory } = open((inside) => {
      if (numberOf(inside) === 7) throw new Error("a bug");
      return new Promise(() => undefined);
    });
    const controller = new AbortController();
    const running = engine.run(rootContext({ signal: controller.signal }), request({ cases: cases(4) }));
    await sleep(5);
    expect(memory.counts.running).toBe(2);
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect([engine.load, memory.counts.running]).toEqual([{ out: 0, waiting: 0 }, 0]);
    const seven = [{ stdin: Buffer.from("1") }, { stdin: Buffer.from("7") }, ...cases(10)];
    await expect(engine.run(ctx, request({ cases: seven }))).rejects.toThrow("a bug");
    expect([engine.load, memory.counts.running]).toEqual([{ out: 0, waiting: 0 }, 0]);
  });

  it("streams the output of a single case, and not a second time when it is repeated", async () => {
    let tries = 0;
    const { engine } = open((inside) => {
      inside.request.onOutput?.("stdout", Buffer.from("part"));
      return ++tries === 1 ? inside.bringDown("agent_exit") : printed("whole");
    });
    const heard: string[] = [];
    const { cases: stages } = await engine.run(ctx, request(), {
      onOutput: (stream, data) => heard.push(stream, Buffer.from(data).toString()),
    });
    expect(heard).toEqual(["stdout", "part"]);
    expect(outOf(stages[0])).toBe("whole");
    await engine.run(ctx, request({ cases: cases(2) }), { onOutput: () => heard.push("never") });
    expect(heard).not.toContain("never");
  });
});

describe("admission", () => {
  it("keeps its goodput at ten times the load, and refuses the rest with a time to come again", async () => {
    const { engine, memory } = open(
      async () => {
        await sleep(2);
        return printed("");
      },
      { runs: { maxWaiting: 8 } },
    );
    const outcomes: (string | number)[] = [];
    const come = async () => {
      try {
        outcomes.push((await engine.run(ctx, request())).cases.length);
      } catch (error) {
        const { code, status, context } = error as SandlotError<"queue_full">;
        expect([status, context.resource]).toEqual([503, "execution slots"]);
        expect(context.retry_after).toBeGreaterThanOrEqual(1);
        outcomes.push(code);
      }
    };
    const all: Promise<void>[] = [];
    for (let i = 0; i < 40; i++) {
      for (let n = 0; n < 20; n++) all.push(come());
      await sleep(2);
    }
    await Promise.all(all);
    const served = outcomes.filter((outcome) => outcome === 1).length;
    expect(outcomes.filter((outcome) => outcome === "queue_full")).toHaveLength(800 - served);
    expect(memory.counts.runs).toBe(served);
    expect(memory.counts.mostRunning).toBe(4);
    expect(served).toBeGreaterThan(50);
    expect(engine.load).toEqual({ out: 0, waiting: 0 });
  });

  it("refuses who has waited too long, and says of others how long they did", async () => {
    const { engine } = open(
      async () => {
        await sleep(60);
        return printed("");
      },
      { runs: { atOnce: () => 1 } },
    );
    const [first, patient, hurried] = await Promise.allSettled([
      engine.run(ctx, request()),
      engine.run(ctx, request()),
      engine.run(ctx, request({ maxQueueMs: 20 })),
    ]);
    expect(hurried).toMatchObject({ reason: { code: "queue_full" } });
    const times = [first, patient].map((one) =>
      one.status === "fulfilled" ? one.value.cases[0]?.times.queueMs : null,
    );
    expect(times[0]).toBeLessThan(20);
    expect(times[1]).toBeGreaterThan(40);
  });

  it("says why there are no sandboxes, when that is what is waited for", async () => {
    const { engine, memory } = open(() => printed(""));
    memory.provider.create = async () => {
      throw new SandlotError("sandbox_create_failed", { detail: "the engine is not well" });
    };
    await expect(engine.run(ctx, request({ maxQueueMs: 50 }))).rejects.toMatchObject({
      code: "sandbox_unavailable",
      context: { detail: "sandbox create failed: the engine is not well" },
    });
    expect(engine.load).toEqual({ out: 0, waiting: 0 });
  });

  it("serves two tenants alike, whatever one of them asks for", async () => {
    const order: string[] = [];
    const { engine } = open(
      async (inside) => {
        await sleep(1);
        order.push(inside.spec.tenant);
        return printed("");
      },
      { runs: { atOnce: () => 2, maxWaiting: 1_000 }, max: 2 },
    );
    const greedy = [
      engine.run(tenant("greedy"), request({ cases: cases(100) })),
      ...Array.from({ length: 100 }, () => engine.run(tenant("greedy"), request())),
    ];
    const modest = Array.from({ length: 20 }, () => engine.run(tenant("modest"), request()));
    await Promise.all(modest);
    const during = order.length;
    expect(during).toBeLessThan(60);
    await Promise.all(greedy);
    expect(order.filter((name) => name === "modest")).toHaveLength(20);
    expect(order).toHaveLength(220);
  });

  it("lets a single run through while a batch of the same tenant is under way", async () => {
    let done = 0;
    const { engine } = open(
      async () => {
        await sleep(1);
        done++;
        return printed("");
      },
      { runs: { atOnce: () => 2 } },
    );
    const batch = engine.run(ctx, request({ cases: cases(100) }));
    await sleep(5);
    await engine.run(ctx, request());
    expect(done).toBeLessThan(60);
    await batch;
  });

  it.each([["C", 2] as [SandboxMode, number], ["B", 4] as [SandboxMode, number]])(
    "counts a run in mode %s for what others cannot use",
    async (mode, most) => {
      const { engine, memory } = open(
        async () => {
          await sleep(3);
          return printed("", { mode });
        },
        { memory: { mode }, max: 8 },
      );
      // The first one shows the mode.
      await engine.run(ctx, request());
      memory.counts.mostRunning = 0;
      await Promise.all(Array.from({ length: 12 }, () => engine.run(ctx, request())));
      expect(memory.counts.mostRunning).toBe(most);
    },
  );

  it("keeps tenants and demands apart in sandboxes of their own", async () => {
    const { engine, pools } = open((inside) => printed(inside.sandbox.id));
    const one = await engine.run(tenant("one"), request());
    const two = await engine.run(tenant("two"), request());
    const three = await engine.run(tenant("two"), request({ runtime: "runsc", mode: "B" }));
    expect(new Set([one, two, three].map(({ cases: [stage] }) => stage?.sandbox.id)).size).toBe(3);
    expect(pools.admin.list().map(({ spec }) => [spec.tenant, spec.runtime, spec.mode])).toEqual([
      ["one", "default", "auto"],
      ["two", "default", "auto"],
      ["two", "runsc", "B"],
    ]);
  });

  it("refuses when it closes, and who waits", async () => {
    const { engine, pools } = open(() => new Promise(() => undefined), { runs: { atOnce: () => 1 } });
    const all = Promise.allSettled([engine.run(ctx, request()), engine.run(ctx, request())]);
    await sleep(5);
    await engine.close();
    await engine.close();
    await expect(engine.run(ctx, request())).rejects.toMatchObject({ code: "shutting_down" });
    await pools.close();
    for (const one of await all) expect(one).toMatchObject({ reason: { code: "shutting_down" } });
  });
});
