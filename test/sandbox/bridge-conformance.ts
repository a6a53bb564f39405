import { expect, it } from "vitest";
import type { RunRequest, RunResult, SandboxMode } from "../../src/sandbox/index.ts";
import { LIMITS, text } from "../support/sandboxes.ts";

const PYTHON = "/usr/bin/python3";

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

  const command = (program: string, tests: string) =>
    run({
      program: { argv: [PYTHON, "-c", program] },
      tests: {
        argv: [PYTHON, "-c", tests],
        files: [{ path: "expected", data: Buffer.from("41") }],
        env: { ROLE: "tests" },
        limits: { ...LIMITS, wallMs: LIMITS.wallMs + 1_000 },
        reportBytes: 100_000,
      },
    });

  it("gives command lines their end of the bridge as descriptor 3, and nothing else that is open", async () => {
    const heard =
      "import os\nsent = os.read(3, 100)\nopen('report.json', 'wb').write(sent + b' ' + os.environb[b'ROLE'])";
    const says = "import os\nos.write(3, repr([sorted(os.listdir('/proc/self/fd'))[:4], os.listdir('.')]).encode())";
    const result = await command(says, heard);
    expect(Buffer.from(result.tests?.files[0]?.data ?? "").toString()).toBe("[['0', '1', '2', '3'], []] tests");
    expect(result).toMatchObject({ exit: { code: 0 }, limit: null });
  });

  it("lets what a command line starts speak for it, and ends all of it with its tests", async () => {
    const starts = `import subprocess, sys, time
subprocess.Popen([sys.executable, '-c', 'import os; os.write(3, b"child")'], close_fds=False)
print('started', flush=True)
time.sleep(60)`;
    const result = await command(starts, "import os\nopen('report.json', 'wb').write(os.read(3, 100))");
    expect(Buffer.from(result.tests?.files[0]?.data ?? "").toString()).toBe("child");
    expect(text(result.stdout)).toBe("started\n");
    expect(result).toMatchObject({ limit: null, unexplainedKill: false });
    expect(result.times.wallMs).toBeLessThan(LIMITS.wallMs);
  });

  it("refuses tests and programs of different kinds", async () => {
    const tests = { argv: ["/bin/true"], files: [], env: {}, limits: LIMITS, reportBytes: 1 };
    const warm = { interpreter: "python", source: "" };
    await expect(run({ program: warm, tests })).rejects.toMatchObject({ code: "invalid_request" });
  });
}
