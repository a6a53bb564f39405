import { expect, it } from "vitest";
import type { RunRequest, RunResult, SandboxMode } from "../../src/sandbox/index.ts";
import { LIMITS, text } from "../support/sandboxes.ts";

type Run = (request: Omit<RunRequest, "limits">) => Promise<RunResult>;

/** What tests beside a program are in every provider; in mode C there is one slot, and none for them. */
export function describeBridge(mode: SandboxMode, run: Run): void {
  const both = (source: string, tests: string, options = {}) =>
    run({
      program: { interpreter: "python", source },
      tests: {
        source: tests,
        options: { kind: "check", entry_point: "f", ...options },
        limits: { ...LIMITS, wallMs: LIMITS.wallMs + 1_000 },
        reportBytes: 100_000,
      },
    });

  if (mode === "C") {
    it("has no bridge, and says so", async () => {
      await expect(both("def f(): pass", "def check(f): pass")).rejects.toMatchObject({ code: "sandbox_unsupported" });
    });
    return;
  }

  const reportOf = ({ tests }: RunResult) =>
    JSON.parse(Buffer.from(tests?.files[0]?.data ?? "").toString()) as {
      load: { ok: boolean };
      tests: { status: string; message: string }[];
    };

  it("joins tests and program by a bridge: other processes, other places, nothing else in common", async () => {
    const source =
      "import os\ndef f(x):\n    print('called', x)\n    open('/tmp/mark', 'w')\n    users = open('/proc/self/uid_map').read()\n    return [x, users, os.listdir('.')]";
    const result = await both(
      source,
      `
import os
def check(f):
    value, users, files = f(41)
    assert value == 41 and files == []
    assert ${mode === "A" ? "users != open('/proc/self/uid_map').read()" : "True"}
    assert os.listdir('/tmp') == []
`,
    );
    expect(reportOf(result).tests).toMatchObject([{ status: "passed" }]);
    expect(text(result.stdout)).toBe("called 41\n");
    expect(result.tests?.exit).toEqual({ code: 0 });
  });

  it("ends the program with its tests, and the tests with their program", async () => {
    const lingers =
      "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\ndef f(): return 1";
    const lingering = await both(lingers, "def check(f): assert f() == 1");
    expect(reportOf(lingering).tests).toMatchObject([{ status: "passed" }]);
    expect(lingering).toMatchObject({ limit: null, unexplainedKill: false });
    const leaves = await both("import os\ndef f(): os._exit(0)", "def check(f): f()");
    expect(reportOf(leaves).tests).toMatchObject([{ status: "error" }]);
    expect(leaves.exit).toEqual({ code: 0 });
  });

  it("holds the program to its own limits, whatever its tests may take", async () => {
    const loops = await run({
      program: { interpreter: "python", source: "def f():\n    while True: pass" },
      tests: {
        source: "def check(f): f()",
        options: { kind: "check", entry_point: "f" },
        limits: { ...LIMITS, wallMs: 4 * LIMITS.wallMs },
        reportBytes: 100_000,
      },
    });
    expect(loops.limit).toMatch(/cpu|wall/);
    expect(reportOf(loops).tests).toMatchObject([{ status: "error" }]);
  });
}
