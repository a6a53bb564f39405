import { describe, expect, it } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { ExecutionRequest } from "../../src/execution/index.ts";
import { cases, ctx, MIB, open, outOf, request, sleep } from "./support/memory-engine.ts";
import { type Inside, type Play, printed } from "./support/memory-sandboxes.ts";

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
