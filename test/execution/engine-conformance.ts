import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { LOCAL_PRINCIPAL, rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { ExecutionCase, ExecutionEngine, ExecutionRequest, Stage } from "../../src/execution/index.ts";
import { DEFAULT_POOL_LIMITS, type SandboxMode, SandboxPools } from "../../src/sandbox/index.ts";
import { ctx, openProvider, type TestProvider, text } from "../support/sandboxes.ts";
import { engineOf } from "./support/engines.ts";

const MIB = 1 << 20;

/** A program that brings down or uses up what it runs in, and what it is found guilty of. */
interface Attack {
  readonly name: string;
  readonly code: string;
  readonly found: readonly Stage["status"][];
  /** Beside half a second on the wall. */
  readonly limits?: ExecutionRequest["limits"];
}

/** Sends a signal to everybody but itself. */
const signalAll = (name: string) =>
  "import os, signal, time\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n    try:\n" +
  `        if int(pid) != os.getpid(): os.kill(int(pid), signal.${name})\n    except OSError: pass\n`;
const KILL_OTHERS: Attack = {
  name: "kills its lane",
  code: `${signalAll("SIGKILL")}open('out', 'w').write('x')\nprint(1)\ntime.sleep(0.2)`,
  found: ["tampered"],
};
const STOP_OTHERS: Attack = {
  name: "stops its lane",
  code: `${signalAll("SIGSTOP")}time.sleep(60)`,
  found: ["time_limit"],
};
const ROOMY = { wallMs: 5_000, memoryBytes: 64 * MIB };
/** Shared pages are nobody's data, and each process keeps below the limit of the run. */
const HOARD: Attack = {
  name: "hoards shared memory in many processes",
  code:
    "import mmap, os, time\nfor _ in range(12):\n    if os.fork() == 0: break\n" +
    "pages = mmap.mmap(-1, 60 << 20)\nfor at in range(0, 60 << 20, 4096): pages[at] = 1\ntime.sleep(60)",
  found: ["memory_limit"],
  limits: ROOMY,
};
/** All in one moment, together more than the sandbox has: quicker than anybody looks. */
const BURST: Attack = {
  name: "touches much memory in many processes at the same moment",
  code:
    "import os, time\nreader, writer = os.pipe()\nfor _ in range(24):\n    if os.fork() == 0:\n        os.close(writer)\n" +
    "        os.read(reader, 1)\n        hoard = bytearray(50 << 20)\n        time.sleep(60)\nos.close(writer)\ntime.sleep(60)",
  found: ["memory_limit"],
  limits: ROOMY,
};
const FORKS: Attack = {
  name: "forks without end",
  code: "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
  found: ["time_limit"],
  // So few that their copies of the interpreter are no matter of memory.
  limits: { processes: 8 },
};
/** Where others have other users, the signal reaches nobody; else it ends itself with what it needs, sooner or later. */
const killAll = (mode: SandboxMode): Attack => ({
  name: "kills whatever it can",
  code: "import os, signal\nos.kill(-1, signal.SIGKILL)\nprint(1)",
  found: mode === "B" ? ["runtime_error", "ok"] : ["ok"],
});

/** What the engine does with every provider in every mode. */
export function describeEngine(name: "docker" | "local", mode: SandboxMode): void {
  describe(`programs in ${name} sandboxes of mode ${mode}`, () => {
    let opened: TestProvider;
    let pools: SandboxPools;
    let engine: ExecutionEngine;

    beforeAll(async () => {
      opened = await openProvider(name);
      pools = new SandboxPools({
        provider: opened.provider,
        limits: { ...DEFAULT_POOL_LIMITS, max: 4 },
        // Without lanes of their own, local runs share a scratch space that bubblewrap cannot cap in inodes.
        acceptUnenforced: name === "local" ? ["memory_total", "processes_total", "inodes"] : [],
        clock: systemClock,
        logger: silentLogger,
      });
      engine = engineOf({ pools, mode, runs: { maxWaiting: 8 } });
    });
    afterAll(async () => {
      await engine.close();
      await pools.close();
      expect(await opened.provider.list(ctx)).toEqual([]);
      opened.close();
    });

    // In a container, a program has a user of its own in every mode, and so can reach nobody.
    const canReachLane = name === "local" && mode === "C";
    const run = (code: string, more: Partial<ExecutionRequest> = {}) =>
      engine.run(ctx, { language: "python", code, cases: [{}], ...more });
    const stdins = (count: number): ExecutionCase[] =>
      Array.from({ length: count }, (_, i) => ({ stdin: Buffer.from(`${i}\n`) }));

    it("runs a program with arguments, environment, files and outputs", async () => {
      const { cases } = await run(
        "import os, sys\nopen('out.txt', 'w').write(sys.argv[1] + os.environ['X'])\n" +
          "print(sys.stdin.read() + open('in/a.txt').read() + open('b.txt').read())",
        {
          files: [{ path: "in/a.txt", data: Buffer.from("A") }],
          env: { X: "x" },
          cases: [
            {
              stdin: Buffer.from("S"),
              args: ["arg"],
              files: [{ path: "b.txt", data: Buffer.from("B") }],
              outputs: [{ path: "out.txt", limit: 100 }],
            },
          ],
        },
      );
      expect(outputs(cases)).toEqual(["SAB\n"]);
      expect(cases[0]).toMatchObject({ status: "ok", exit: { code: 0 }, sandbox: { provider: name, mode } });
      expect(Buffer.from(cases[0]?.files[0]?.data ?? []).toString()).toBe("argx");
    });

    it("runs each case in a slot of its own, and answers in order", async () => {
      const { cases } = await run(
        "import os\nn = int(input())\nprint(n * n, len(os.listdir('.')) + len(os.listdir('/tmp')))\n" +
          "open('/tmp/mark', 'w').write('x'); open('mark', 'w').write('x')",
        { cases: stdins(mode === "C" ? 3 : 20) },
      );
      expect(outputs(cases)).toEqual(cases.map((_, i) => `${i * i} 0\n`));
    });

    it("compiles once and lays what comes of it before every case", async () => {
      const code = `n = input()\nx = ${JSON.stringify("y".repeat(20_000))}\nprint(n, len(x))`;
      const { compile, cases } = await run(code, { language: "compiled", cases: stdins(mode === "C" ? 2 : 6) });
      expect(compile).toMatchObject({ status: "ok", message: "", files: [] });
      expect(outputs(cases)).toEqual(cases.map((_, i) => `${i} 20000\n`));
    });

    it("answers what does not compile, or not in time, with the compiler's words", async () => {
      const broken = await run("print(", { language: "compiled" });
      expect(broken.compile).toMatchObject({ status: "runtime_error", exit: { code: 1 } });
      expect(broken.compile?.message).toContain("SyntaxError");
      expect(broken.cases).toEqual([null]);
      const endless = await run("while True: pass", { language: "selfmade", compileLimits: { wallMs: 500 } });
      expect(endless).toMatchObject({ compile: { status: "time_limit", exit: null }, cases: [null] });
      const nothing = await run("pass", { language: "selfmade" });
      expect(nothing.compile).toMatchObject({ status: "runtime_error", message: "the compiler left no out" });
      const link = await run("import os; os.symlink('/etc/passwd', 'out')", { language: "selfmade" });
      expect(link.compile?.message).toContain("not a regular file");
      const large = await run("open('out', 'wb').truncate(33 << 20)", {
        language: "selfmade",
        compileLimits: { diskBytes: 64 * MIB },
      });
      expect(large.compile?.status).toBe("disk_limit");
    });

    it("types what ends a program", async () => {
      const ends: [string, Partial<ExecutionRequest>, Stage["status"]][] = [
        ["import time; time.sleep(60)", { limits: { wallMs: 300 } }, "time_limit"],
        ["x = bytearray(600 << 20)", {}, "memory_limit"],
        ["while True: print('x' * 10000)", { limits: { outputBytes: MIB } }, "output_limit"],
        ["import os; os.abort()", {}, "runtime_error"],
        ["raise ValueError('x')", {}, "runtime_error"],
      ];
      for (const [code, more, status] of ends.slice(0, mode === "C" ? 2 : 5)) {
        expect((await run(code, more)).cases[0]?.status, code).toBe(status);
      }
    });

    it("runs within the smallest limits it takes", async () => {
      const limits = { memoryBytes: MIB, openFiles: 8, processes: 1, diskBytes: 1, outputBytes: 1000 };
      expect((await run("pass", { limits })).cases[0]).toMatchObject({ status: "ok", evidence: [] });
    });

    it("ends after the first failure", async () => {
      const { cases } = await run("exit(int(input()) == 1)", { cases: stdins(6), stopAtFirstFailure: true });
      expect(cases.map((stage) => stage?.status)).toEqual([
        "ok",
        "runtime_error",
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
    });

    it("kills what runs when its caller goes away, and is ready for the next", async () => {
      const controller = new AbortController();
      const running = engine.run(rootContext({ signal: controller.signal }), {
        language: "python",
        code: "while True: pass",
        cases: stdins(4),
      });
      setTimeout(() => controller.abort(new SandlotError("cancelled", { detail: "by the test" })), 300);
      await expect(running).rejects.toMatchObject({ code: "cancelled" });
      expect(engine.load).toEqual({ out: 0, waiting: 0 });
      expect(outputs((await run("print(1)")).cases)).toEqual(["1\n"]);
    });

    it("repeats a run whose sandbox was removed under it, and answers the right result", async () => {
      const heard: string[] = [];
      const running = engine.run(
        ctx,
        {
          language: "python",
          code: "import time\nprint('begun', flush=True)\ntime.sleep(1)\nprint('done')",
          cases: [{}],
        },
        { onOutput: (_stream, data) => heard.push(Buffer.from(data).toString()) },
      );
      const begun = async () => {
        while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      await Promise.race([begun(), running]);
      for (const { id, users } of pools.admin.sandboxes()) if (users > 0) await pools.admin.kill(id);
      const { cases } = await running;
      expect(cases[0]).toMatchObject({ status: "ok", blamed: null, evidence: [expect.stringContaining("closed")] });
      expect(outputs(cases)).toEqual(["begun\ndone\n"]);
      expect(heard.join("")).not.toContain("begun\nbegun");
    });

    it("holds programs that attack their sandbox guilty, and nobody beside them", async () => {
      const attacks = [...(canReachLane ? [KILL_OTHERS, STOP_OTHERS] : [killAll(mode)]), HOARD, BURST, FORKS];
      const honest = "import time\nn = int(input())\ntime.sleep(0.1)\nprint(n + 1)";
      const tenants = ["default", "default", "other"];
      // Sandboxes are given up and made anew; nobody here is to be refused for want of them.
      const maxQueueMs = 60_000;
      const [found, ...neighbours] = await Promise.all([
        Promise.all(
          attacks.map(({ code, limits }) =>
            run(code, { maxQueueMs, limits: { wallMs: 500, cpuMs: 20_000, ...limits } }),
          ),
        ),
        ...tenants.map((tenant) =>
          engine.run(rootContext({ principal: { ...LOCAL_PRINCIPAL, tenant } }), {
            language: "python",
            code: honest,
            cases: stdins(mode === "C" ? 2 : 10),
            maxQueueMs,
          }),
        ),
      ]);
      for (const [i, { cases }] of found.entries()) {
        const { name: attack = "", found: expected = [] } = attacks[i] ?? {};
        expect(expected, `${attack}: ${cases[0]?.message} ${cases[0]?.evidence.join("; ")}`).toContain(
          cases[0]?.status,
        );
      }
      for (const { cases } of neighbours) expect(outputs(cases)).toEqual(cases.map((_, i) => `${i + 1}\n`));
    });

    it("holds a compiler guilty that attacks its sandbox", async () => {
      const { code } = canReachLane ? KILL_OTHERS : killAll(mode);
      const { compile, cases } = await run(code, { language: "selfmade", compileLimits: { wallMs: 1_000 } });
      // Where it killed nobody it has left nothing, which is a failure of its own.
      expect(compile?.status, compile?.message).toBe(canReachLane ? "tampered" : "runtime_error");
      expect(cases).toEqual([null]);
    });

    it("keeps serving at ten times its load, and refuses the rest", async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: mode === "C" ? 20 : 120 }, () => run("print(1)", { maxQueueMs: 20_000 })),
      );
      const served = outcomes.flatMap((one) => (one.status === "fulfilled" ? outputs(one.value.cases) : []));
      expect(served.length).toBeGreaterThanOrEqual(8);
      expect(new Set(served)).toEqual(new Set(["1\n"]));
      for (const one of outcomes)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "queue_full" });
      expect(engine.load).toEqual({ out: 0, waiting: 0 });
    });

    it("keeps the state of a session, and says when it is gone with its sandbox", async () => {
      const { sessions } = engine;
      const { id, sandbox } = await sessions.open(ctx, {
        language: "python",
        isolation: "slot",
        files: [{ path: "data.txt", data: Buffer.from("42") }],
      });
      const call = (code: string) => sessions.use(ctx, id, (session) => session.call(ctx, { code }));
      expect(await call("a = int(open('data.txt').read())\na")).toMatchObject({ status: "ok", value: "42" });
      expect(await call("1 / 0")).toMatchObject({ status: "error", error: { name: "ZeroDivisionError" } });
      expect((await call("a + 1")).value).toBe("43");
      const waiting = expect(call("import time; time.sleep(30)")).rejects.toMatchObject({
        code: "session_ended",
        status: 410,
      });
      await pools.admin.kill(sandbox.id);
      await waiting;
      await expect(call("a")).rejects.toMatchObject({ code: "session_ended" });
      expect(sessions.get(ctx, id)).toMatchObject({
        reason: "sandbox_lost",
        detail: expect.stringContaining("closed") as string,
      });
    });

    it("opens a shell in a sandbox of its own, which goes with it", async () => {
      const { sessions } = engine;
      const { id, sandbox } = await sessions.open(ctx, { language: "bash", isolation: "container" });
      const call = (code: string) => sessions.use(ctx, id, (session) => session.call(ctx, { code }));
      expect(await call("cd /tmp; X=1")).toMatchObject({ status: "ok", exitCode: 0 });
      const reply = await call("pwd; echo $X; false");
      expect([text(reply.stdout), reply.exitCode]).toEqual(["/tmp\n1\n", 1]);
      await sessions.close(ctx, id);
      expect(pools.admin.sandboxes().map((it) => it.id)).not.toContain(sandbox.id);
    });
  });
}

function outputs(cases: readonly (Stage | null)[]): (string | null)[] {
  return cases.map((stage) => stage && text(stage.stdout));
}
