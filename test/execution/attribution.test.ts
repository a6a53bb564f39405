import { describe, expect, it } from "vitest";
import { cases, ctx, open, outOf, request, sleep, statuses } from "./support/memory-engine.ts";
import { faultOf, type Play, printed } from "./support/memory-sandboxes.ts";

describe("a program that attacks its sandbox", () => {
  const hostile: Play = (inside) =>
    inside.text.includes("range(1000)") ? printed("499500\n") : inside.bringDown("agent_exit");

  it("is found to have tampered, not an error", async () => {
    const { engine } = open(hostile, { max: 4 });
    const { cases: stages } = await engine.run(ctx, request());
    expect(stages[0]).toMatchObject({ status: "tampered", exit: null, blamed: "agent_exit", memoryPeakBytes: 0 });
    expect(stages[0]?.evidence).toHaveLength(4);
  });

  it.each([
    ["oom", "memory_limit"],
    ["stalled", "time_limit"],
    ["protocol", "tampered"],
  ] as const)("that ends in %s fails by %s", async (cause, status) => {
    const { engine } = open((inside) => (inside.text.includes("range") ? printed("") : inside.bringDown(cause)), {
      max: 4,
    });
    expect((await engine.run(ctx, request())).cases[0]).toMatchObject({ status, blamed: cause });
  });

  it("in a compiler is a failed compilation", async () => {
    const { engine } = open(hostile, { max: 4 });
    const { compile, cases: stages } = await engine.run(ctx, request({ language: "compiled", cases: cases(3) }));
    expect(compile).toMatchObject({ status: "tampered", blamed: "agent_exit" });
    expect(stages).toEqual([null, null, null]);
  });

  it("is not run with all its cases: three proofs are enough", async () => {
    const { engine, memory } = open(hostile, { max: 8 });
    const { cases: stages } = await engine.run(ctx, request({ cases: cases(200), parallel: 1 }));
    expect(statuses(stages).filter((status) => status === "tampered")).toHaveLength(3);
    expect(
      statuses(stages)
        .slice(3)
        .every((status) => status === null),
    ).toBe(true);
    expect(memory.counts.runs).toBeLessThan(20);
  });

  it("by the files that its compiler leaves is found to be the cause", async () => {
    const { engine } = open(
      (inside) => {
        if (inside.text.includes("range")) return printed("");
        if (inside.request.outputs) return printed("", { files: [{ path: "out", status: "ok", data: Buffer.of(1) }] });
        throw faultOf(inside.sandbox, "setup");
      },
      { max: 4 },
    );
    const { compile, cases: stages } = await engine.run(ctx, request({ language: "selfmade" }));
    expect(compile?.status).toBe("ok");
    expect(stages[0]).toMatchObject({ status: "disk_limit", blamed: "setup" });
  });

  it("leaves its neighbours their right results", async () => {
    const { engine } = open(
      async (inside) => {
        if (inside.text.includes("range")) return printed("");
        if (inside.text === "hostile") return inside.bringDown("oom");
        await sleep(3);
        return printed("right");
      },
      { max: 3, slots: 4, runs: { atOnce: () => 12 } },
    );
    const [bad, ...honest] = await Promise.all([
      engine.run(ctx, request({ code: "hostile", cases: cases(4) })),
      ...Array.from({ length: 6 }, () => engine.run(ctx, request({ code: "honest", cases: cases(5) }))),
    ]);
    expect(statuses(bad?.cases ?? [])).toContain("memory_limit");
    for (const { cases: stages } of honest) expect(stages.map(outOf)).toEqual(Array.from({ length: 5 }, () => "right"));
  });
});
