import { afterEach, describe, expect, it } from "vitest";
import { LOCAL_PRINCIPAL, rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { ExecutionCase, ExecutionRequest, Stage } from "../../src/execution/index.ts";
import type { SandboxMode } from "../../src/sandbox/index.ts";
import { engineOf, type EngineOptions } from "./support/engines.ts";
import {
  faultOf,
  type Inside,
  memoryPools,
  memorySandboxes,
  type MemoryOptions,
  type Play,
  printed,
} from "./support/memory-sandboxes.ts";

const MIB = 1 << 20;
const ctx = rootContext();
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function open(play: Play, options: Partial<EngineOptions> & { memory?: MemoryOptions; max?: number } = {}) {
  const memory = memorySandboxes(play, options.memory);
  const pools = memoryPools(memory, { max: options.max ?? 2 });
  const engine = engineOf({ pools, ...options });
  closers.push(
    () => pools.close(),
    () => engine.close(),
  );
  return { engine, memory, pools };
}

/** The standard input of each case is its number. */
const cases = (count: number): ExecutionCase[] =>
  Array.from({ length: count }, (_, i) => ({ stdin: Buffer.from(`${i}`) }));
const numberOf = ({ request }: Inside) => Number(Buffer.from(request.stdin ?? []).toString());
const request = (more: Partial<ExecutionRequest> = {}): ExecutionRequest => ({
  language: "python",
  code: "print(1)",
  cases: [{}],
  ...more,
});
const tenant = (name: string) => rootContext({ principal: { ...LOCAL_PRINCIPAL, tenant: name } });
const statuses = (stages: readonly (Stage | null)[]) => stages.map((stage) => stage?.status ?? null);

describe("what a run is made of", () => {
  it("runs source in an interpreter, without a file", async () => {
    let seen: Inside | null = null;
    const { engine } = open((inside) => {
      seen = inside;
      return printed("1\n");
    });
    const { cases: stages, ...facts } = await engine.run(ctx, request({ cases: [{ args: ["a"] }], env: { X: "1" } }));
    expect(facts).toEqual({ language: "python", image: "python", compile: null });
    expect(stages[0]).toMatchObject({
      status: "ok",
      message: "",
      exit: { code: 0 },
      times: { setupMs: 1, wallMs: 2, cpuMs: 3, teardownMs: 4 },
      memoryPeakBytes: 5,
      blamed: null,
      evidence: [],
      sandbox: { provider: "memory", image: "python@memory", mode: "B" },
    });
    expect((seen as Inside | null)?.request).toEqual({
      program: { interpreter: "python", source: "print(1)", fileName: "main.py", args: ["a"] },
      env: { X: "1" },
      files: [],
      keepBytes: MIB,
      limits: {
        wallMs: 4_000,
        cpuMs: 8_000,
        memoryBytes: 256 * MIB,
        outputBytes: 64 * MIB,
        processes: 64,
        diskBytes: 32 * MIB,
        openFiles: 256,
      },
    });
    expect((seen as Inside | null)?.spec).toMatchObject({
      tenant: "default",
      resource: "execution",
      memoryBytes: 256 * MIB,
      slots: 2,
      network: "none",
      runtime: "default",
      mode: "auto",
    });
  });

  it("writes the code as a file for a command line and for a launcher", async () => {
    const { engine } = open((inside) =>
      printed(`${inside.text}|${[...inside.files].join()}|${inside.request.env?.["LANGUAGE"]}`),
    );
    const bash = await engine.run(ctx, request({ language: "bash", code: "exit", cases: [{ args: ["-x"] }] }));
    expect(outOf(bash.cases[0])).toBe("/bin/bash main.sh -x|main.sh,exit|undefined");
    const launched = await engine.run(
      ctx,
      request({ language: "launched", files: [{ path: "a/b", data: Buffer.from("c") }] }),
    );
    expect(outOf(launched.cases[0])).toMatch(/^import sys.*\|code.txt,print\(1\),a\/b,c\|launched$/s);
  });

  it("compiles once, and gives every case what the compiler left instead of the source", async () => {
    let compilations = 0;
    const { engine, memory } = open((inside) => {
      if (!inside.request.outputs) return printed([...inside.files.keys()].join());
      compilations++;
      expect(inside.request.limits).toMatchObject({ wallMs: 6_000, cpuMs: 12_000 });
      const data = Buffer.from(`compiled ${inside.files.get("main.py")}`.padEnd(9_000));
      return printed("warning", { files: [{ path: "main.pyc", status: "ok", data }] });
    });
    const heard: unknown[] = [];
    const execution = await engine.run(
      ctx,
      request({
        language: "pyc",
        files: [
          { path: "data.txt", data: Buffer.from("x") },
          { path: "main.pyc", data: Buffer.from("replaced") },
        ],
        cases: [...cases(20), { files: [{ path: "own.txt", data: Buffer.from("y") }] }],
      }),
      { onCompiled: (stage) => heard.push(stage.status), onCase: (index) => heard.push(index) },
    );
    expect(execution).toMatchObject({ language: "compiled", compile: { status: "ok", files: [] } });
    expect(outOf(execution.cases[0])).toBe("data.txt,main.pyc");
    expect(outOf(execution.cases[20])).toBe("data.txt,main.pyc,own.txt");
    expect(compilations).toBe(1);
    expect(heard[0]).toBe("ok");
    expect(heard.slice(1).sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 21 }, (_, i) => i));
    // Once for each sandbox, and let go of at the end.
    expect(memory.counts.holds).toBeLessThanOrEqual(2);
    expect(memory.counts.holds).toBeGreaterThan(0);
    await sleep(0);
    expect(memory.counts.drops).toBe(memory.counts.holds);
  });

  it("sends the bytes with each case where they are not held", async () => {
    const big = Buffer.from("big".padEnd(10_000));
    const play: Play = (inside) =>
      printed(`${inside.files.get("big")?.length} ${typeof inside.request.files?.[0]?.data}`);
    const files = [{ path: "big", data: big }];
    const full = open(play, { memory: { holds: 100 } });
    const { cases: stages } = await full.engine.run(ctx, request({ files, cases: cases(5) }));
    expect(stages.map(outOf)).toEqual(Array.from({ length: 5 }, () => "10000 object"));
    expect(full.memory.counts.holds).toBe(0);
    const single = open(play, { memory: { mode: "C" } });
    await single.engine.run(ctx, request({ files, cases: cases(3) }));
    expect(single.memory.counts.holds).toBe(0);
  });

  it("does not run what does not compile", async () => {
    const compiler =
      (files: readonly { status: "ok" | "missing" | "refused" | "too_large"; size?: number }[], exit = 0): Play =>
      () =>
        printed("", {
          exit: { code: exit },
          files: files.map(({ status, size = 1 }) => ({ path: "main.pyc", status, data: Buffer.alloc(size) })),
        });
    const results = [];
    for (const play of [
      compiler([{ status: "missing" }], 1),
      compiler([{ status: "missing" }]),
      compiler([{ status: "refused" }]),
      compiler([{ status: "too_large" }]),
      compiler([{ status: "ok", size: 33 * MIB }]),
    ]) {
      const { engine } = open(play);
      const { compile, cases: stages } = await engine.run(ctx, request({ language: "compiled", cases: cases(2) }));
      expect(stages).toEqual([null, null]);
      expect(compile?.message).not.toBe("");
      results.push(compile?.status);
    }
    expect(results).toEqual(["runtime_error", "runtime_error", "runtime_error", "disk_limit", "disk_limit"]);
  });

  it("multiplies the time limits of a request for a slow starter, and lets requests go before manifests", async () => {
    const seen: Inside[] = [];
    const { engine } = open((inside) => {
      seen.push(inside);
      return printed("", { files: [{ path: "main.pyc", status: "ok", data: Buffer.of(1) }] });
    });
    const limits = { wallMs: 1_000, memoryBytes: 300 * MIB, processes: 100 };
    await engine.run(ctx, request({ language: "compiled", limits, compileLimits: { memoryBytes: 20 * MIB } }));
    expect(seen[0]?.request.limits).toMatchObject({ wallMs: 6_000, memoryBytes: 20 * MIB });
    expect(seen[1]?.request.limits).toMatchObject({
      wallMs: 2_000,
      cpuMs: 4_000,
      memoryBytes: 300 * MIB,
      processes: 100,
    });
    expect(seen.map(({ spec }) => spec.memoryBytes)).toEqual([1024 * MIB, 1024 * MIB]);
    await engine.run(ctx, request({ language: "huge" }));
    // What a manifest says and the machine cannot give is cut.
    expect(seen[2]?.request.limits).toMatchObject({ memoryBytes: 4096 * MIB, processes: 1024 });
    expect(seen[2]?.spec).toMatchObject({ memoryBytes: 4096 * MIB, slots: 1 });
  });

  it("tells programs their memory limit where the manifest asks for it", async () => {
    const { engine } = open((inside) => printed(`${inside.text} ${inside.request.env?.["M"]}`));
    const execution = await engine.run(ctx, request({ language: "modest", limits: { memoryBytes: 3000 * MIB } }));
    expect(outOf(execution.cases[0])).toBe("x -m3000m 3000");
  });

  it("takes the limits of other systems as they are, and cuts those that are too large", async () => {
    const seen: Inside[] = [];
    const { engine } = open((inside) => {
      seen.push(inside);
      return printed("", { files: [{ path: "main.pyc", status: "ok", data: Buffer.of(1) }] });
    });
    const foreign = { foreignLimits: true, limits: { wallMs: 1_000, memoryBytes: 9000 * MIB } };
    await engine.run(ctx, request({ language: "compiled", ...foreign, compileLimits: { memoryBytes: 9000 * MIB } }));
    expect(seen.map(({ request: { limits } }) => limits.memoryBytes)).toEqual([4096 * MIB, 4096 * MIB]);
    expect(seen[1]?.request.limits.wallMs).toBe(1_000);
  });

  it("names the nearest of what it does not know", async () => {
    const { engine } = open(() => printed(""));
    await expect(engine.run(ctx, request({ language: "pythn" }))).rejects.toMatchObject({
      code: "unknown_language",
      context: { nearest: "python" },
    });
    await expect(engine.run(ctx, request({ image: "pyton" }))).rejects.toMatchObject({ code: "unknown_image" });
    expect((await engine.languages()).find(({ name }) => name === "compiled")).toEqual({
      name: "compiled",
      aliases: ["pyc"],
      images: ["python"],
      compiled: true,
      sessions: null,
    });
  });

  const bad: [string, Partial<ExecutionRequest>][] = [
    ["limits.memory_mib", { limits: { memoryBytes: 5000 * MIB } }],
    ["limits.memory_mib", { limits: { memoryBytes: 100 } }],
    ["limits.processes", { limits: { processes: 2000 } }],
    ["limits.disk_mib", { limits: { diskBytes: 2000 * MIB } }],
    ["limits.wall_seconds", { limits: { wallMs: 0 } }],
    ["limits.wall_seconds", { limits: { wallMs: 4_000_000 } }],
    ["limits.cpu_seconds", { limits: { cpuMs: 1.5 } }],
    ["limits.open_files", { limits: { openFiles: 3 } }],
    ["compile_limits.memory_mib", { language: "compiled", compileLimits: { memoryBytes: 5000 * MIB } }],
    ["cases", { cases: [] }],
    ["parallel", { parallel: 0 }],
    ["keep_output_bytes", { keepBytes: 300 * MIB }],
    ["sandbox.runtime", { runtime: "../runc" }],
    ["env", { env: { "A=B": "" } }],
    ["env", { env: { A: "\0" } }],
    ["cases[1].args", { cases: [{}, { args: ["\ud800"] }] }],
    ["cases[0].outputs", { cases: [{ outputs: [{ path: "x", limit: -5 }] }] }],
    ["files[0].path", { language: "bash", files: [{ path: "main.sh", data: Buffer.of(1) }] }],
    ["files[0].path", { language: "waiting", files: [{ path: "main.w", data: Buffer.of(1) }] }],
    ["files", { language: "bash", files: [{ path: "main.sh/x", data: Buffer.of(1) }] }],
    [
      "files[0].path",
      {
        files: [
          { path: "a", data: Buffer.of(1) },
          { path: "a/b", data: Buffer.of(1) },
        ],
      },
    ],
    [
      "cases[0].files[0].path",
      { files: [{ path: "a", data: Buffer.of(1) }], cases: [{ files: [{ path: "a", data: Buffer.of(1) }] }] },
    ],
    ["files", { files: [{ path: "a", data: Buffer.alloc(61 * MIB) }] }],
    ["cases[0]", { cases: [{ files: [{ path: "a", data: Buffer.alloc(61 * MIB) }] }] }],
    ["files", { files: Array.from({ length: 16_000 }, (_, i) => ({ path: `${i}`, data: Buffer.of(1) })) }],
  ];
  it("says that a file has the place of the program's own", async () => {
    const { engine } = open(() => printed(""));
    const own = { path: "main.sh", data: Buffer.of(1) };
    const problemOf = async (more: Partial<ExecutionRequest>): Promise<string> => {
      const error: unknown = await engine.run(ctx, request({ language: "bash", ...more })).catch((e: unknown) => e);
      return SandlotError.is(error, "invalid_request") ? (error.context.fields[0]?.problem ?? "") : String(error);
    };
    expect(await problemOf({ files: [own] })).toBe("main.sh is the program's own file");
    expect(await problemOf({ cases: [{ files: [own] }] })).toBe("main.sh is the program's own file");
    expect(
      await problemOf({
        files: [
          { path: "a", data: Buffer.of(1) },
          { ...own, path: "a" },
        ],
      }),
    ).toMatch(/another file/);
    expect(await problemOf({ files: [{ ...own, path: "main.sh/x" }] })).toMatch(/own file, main\.sh, as its folder/);
  });

  it.each(bad)("refuses %s, before anything runs (%#)", async (field, more) => {
    const { engine, memory } = open(() => printed(""));
    await expect(engine.run(ctx, request(more))).rejects.toMatchObject({
      code: "invalid_request",
      context: { fields: [{ field }] },
    });
    expect(memory.counts.runs).toBe(0);
  });
});

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

function outOf(stage: Stage | null | undefined): string | null {
  return stage ? Buffer.from(stage.stdout.head).toString() : null;
}
