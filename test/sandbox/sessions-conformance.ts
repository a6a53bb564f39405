import { expect, it } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { Sandbox, SandboxSession, SessionCall, SessionReply } from "../../src/sandbox/index.ts";
import { ctx, LIMITS, text } from "../support/sandboxes.ts";

/** What a session is in every provider and mode. `sandbox` makes one that is free for it. */
export function describeSessions(withSandbox: (work: (sandbox: Sandbox) => Promise<void>) => Promise<void>): void {
  const inPython = (work: (call: Caller, session: SandboxSession) => Promise<void>) =>
    withSession({ interpreter: "python" }, work);
  const inBash = (work: (call: Caller, session: SandboxSession) => Promise<void>) =>
    withSession({ shell: "bash" }, work);

  async function withSession(
    program: { interpreter: string } | { shell: "bash" },
    work: (call: Caller, session: SandboxSession) => Promise<void>,
  ): Promise<void> {
    await withSandbox(async (sandbox) => {
      const session = await sandbox.openSession(ctx, { program, limits: LIMITS });
      try {
        await work((code, more = {}) => session.call(ctx, { code, ...more }), session);
      } finally {
        await session.close();
      }
    });
  }

  it("a Python session keeps its names and gives the value of a last expression, once", () =>
    inPython(async (call) => {
      expect(await call("x = 41\nx + 1")).toMatchObject({ status: "ok", value: "42", error: null });
      expect(await call("print(x)")).toMatchObject({ status: "ok", value: null });
      const program =
        "import math\nclass P:\n    def __init__(self, n): self.n = n\ndef f(n): return 1 if n < 2 else n * f(n - 1)";
      expect(await call(program)).toMatchObject({ status: "ok", value: null });
      expect((await call("[P(f(5)).n, math.gcd(12, 18), sorted(i for i in (2, 1))]")).value).toBe("[120, 6, [1, 2]]");
      expect((await call("print('seen'); 'value'")).value).toBe("'value'");
      expect(text((await call("_")).stdout)).toBe("");
    }));

  it("a Python session survives exceptions, exits and wrong source, and says what they were", () =>
    inPython(async (call) => {
      await call("x = 1");
      const failed = await call("print('before')\nx / 0");
      expect(failed).toMatchObject({
        status: "error",
        error: { name: "ZeroDivisionError", message: "division by zero" },
      });
      expect(text(failed.stdout)).toBe("before\n");
      expect(failed.error?.traceback).toMatch(/^Traceback[^]*line 2, in <module>[^]*x \/ 0[^]*ZeroDivisionError/);
      expect(failed.error?.traceback).not.toContain("notebook");
      expect(await call("import sys; sys.exit(3)")).toMatchObject({
        status: "error",
        error: { name: "SystemExit", message: "3" },
      });
      const wrong = await call("def (");
      expect(wrong).toMatchObject({ status: "error", error: { name: "SyntaxError" } });
      expect(wrong.error?.traceback).not.toContain("ast.py");
      expect((await call("x")).value).toBe("1");
    }));

  it("a Python session keeps its state and the output so far when a call runs out of time", () =>
    inPython(async (call) => {
      await call("x = 7");
      const slept = await call("print('started', flush=True)\nimport time\ntime.sleep(30)", { wallMs: 300 });
      expect(slept).toMatchObject({ status: "interrupted", limit: "wall" });
      expect(text(slept.stdout)).toBe("started\n");
      expect(await call("while True: pass", { cpuMs: 200 })).toMatchObject({ status: "interrupted", limit: "cpu" });
      expect((await call("x")).value).toBe("7");
      const stubborn = "while True:\n    try: time.sleep(9)\n    except KeyboardInterrupt: pass";
      expect(await call(stubborn, { wallMs: 200 })).toMatchObject({
        status: "ended",
        limit: "wall",
        exit: { signal: 9 },
      });
      await expect(call("x")).rejects.toMatchObject({ code: "session_ended" });
    }));

  it("a call is interrupted by its caller, and by the end of the caller's context", () =>
    inPython(async (call, session) => {
      setTimeout(() => session.interrupt(), 200);
      expect(await call("x = 1\nimport time; time.sleep(30)")).toMatchObject({ status: "interrupted", limit: null });
      const controller = new AbortController();
      setTimeout(() => controller.abort(new SandlotError("cancelled", { detail: "by the test" })), 200);
      const running = session.call({ ...ctx, signal: controller.signal }, { code: "time.sleep(30)" });
      await expect(running).rejects.toMatchObject({ code: "cancelled" });
      expect((await call("x")).value).toBe("1");
    }));

  it("interrupts that come too early, too late or too often, and callers who leave the queue, hurt nobody else", () =>
    inPython(async (call, session) => {
      for (let round = 0; round < 3; round++) {
        const sleeping = call("import time; time.sleep(30)");
        for (const ms of [100, 100, 101]) setTimeout(() => session.interrupt(), ms);
        expect(await sleeping).toMatchObject({ status: "interrupted" });
        await call("pass"); // which the last of them may have met
        expect((await call("1 + 1")).value).toBe("2");
      }
      const first = call("time.sleep(0.5); 'whole'");
      const controller = new AbortController();
      const queued = session.call({ ...ctx, signal: controller.signal }, { code: "ran = True" });
      setTimeout(() => controller.abort(new SandlotError("cancelled", { detail: "by the test" })), 100);
      await expect(queued).rejects.toMatchObject({ code: "cancelled" });
      expect(await first).toMatchObject({ status: "ok", value: "'whole'" });
      expect((await call("'ran' in globals()")).value).toBe("False");
    }));

  it("a session takes much source in all, and tells long values and errors by their ends", () =>
    inPython(async (call) => {
      const comment = `# ${"x".repeat(60_000)}\n`;
      for (let i = 0; i < 10; i++) expect((await call(`${comment}${i}`)).value).toBe(String(i));
      for (const letter of ["x", "é", "\u{1f600}"]) {
        const { value } = await call(`'${letter}' * 70_000`);
        expect(new RegExp(`^'${letter}+\n…\n${letter}+'$`, "u").test(value ?? "")).toBe(true);
        const { error } = await call(`raise ValueError('${letter}' * 70_000)`);
        expect(error?.message.length).toBeGreaterThan(500);
        expect(error?.traceback).toMatch(/^Traceback/);
      }
      const deep = `import os, time; os.write(4, b'{"call": 17, "error": {"name": ' + b'[' * 900 + b']' * 900 + b'}, "exit_code": 9007199254740993}\\0'); time.sleep(0.3)`;
      expect(await call(deep)).toMatchObject({ error: { name: "" }, exitCode: null });
    }));

  it("a session that wakes itself between calls uses no processor unseen", () =>
    withSandbox(async (sandbox) => {
      // Alone in its sandbox it is not paused.
      if (sandbox.mode === "C") return;
      const session = await sandbox.openSession(ctx, { program: { interpreter: "python" }, limits: LIMITS });
      const code = `
import ctypes, signal
class Event(ctypes.Structure): _fields_ = [("value", ctypes.c_void_p), ("signo", ctypes.c_int), ("notify", ctypes.c_int), ("pad", ctypes.c_char * 64)]
class Times(ctypes.Structure): _fields_ = [(name, ctypes.c_long) for name in ("every", "every_ns", "first", "first_ns")]
libc, timer = ctypes.CDLL(None), ctypes.c_void_p()
signal.signal(signal.SIGCONT, lambda *_: sum(range(50_000)))
libc.timer_create(0, ctypes.byref(Event(None, signal.SIGCONT, 0)), ctypes.byref(timer))
libc.timer_settime(timer, 0, ctypes.byref(Times(0, 10_000_000, 0, 10_000_000)), None)
`;
      expect(await session.call(ctx, { code })).toMatchObject({ status: "ok" });
      expect(await session.ended).toEqual({ reason: "cpu", detail: null });
    }));

  it("calls of a session run in the order they came, and files go in and out between them", () =>
    inPython(async (call, session) => {
      const calls = await Promise.all([call("a = [1]"), call("a.append(2)"), call("a")]);
      expect(calls[2].value).toBe("[1, 2]");
      await session.write(ctx, [{ path: "in/f.txt", data: Buffer.from("hello") }]);
      await session.write(ctx, [{ path: "in/f.txt", data: Buffer.from("again") }]);
      await call("open('out.txt', 'w').write(open('in/f.txt').read()[::-1])");
      const files = await session.read(ctx, [
        { path: "out.txt", limit: 10 },
        { path: "none", limit: 10 },
      ]);
      expect(files.map(({ status, data }) => [status, Buffer.from(data).toString()])).toEqual([
        ["ok", "niaga"],
        ["missing", ""],
      ]);
      for (const path of ["../x", "/etc/x"]) {
        await expect(session.write(ctx, [{ path, data: Buffer.of() }])).rejects.toMatchObject({
          code: "invalid_request",
        });
      }
      await expect(call("a\0b")).rejects.toMatchObject({ code: "invalid_request" });
    }));

  it("a session that forges its replies is told no more than it says, and ends like any program", () =>
    inPython(async (call) => {
      const forged =
        'import os; os.write(4, b\'{"call": 1, "status": "ok", "value": 7, "error": [1], "exit_code": "x"}\\0\') and None';
      expect(await call(forged)).toMatchObject({ status: "ok", value: null, error: null, exitCode: null });
      await call("1"); // the reply that was due before
      expect(await call("os._exit(7)")).toMatchObject({ status: "ended", exit: { code: 7 }, limit: null });
      await expect(call("1")).rejects.toMatchObject({ code: "session_ended", context: { reason: "exit" } });
    }));

  it("a session's memory limit holds, in a call and between calls", () =>
    inPython(async (call) => {
      expect(await call("x = b'x' * (200 << 20)")).toMatchObject({ status: "ended", limit: "memory" });
    }));

  it("a shell keeps its folder, variables and functions, and tells exit codes", () =>
    inBash(async (call) => {
      expect(await call("cd /tmp; X=5; f() { echo fn; return 7; }")).toMatchObject({ status: "ok", exitCode: 0 });
      const second = await call("echo $X $PWD; echo oops >&2; false");
      expect(second).toMatchObject({ status: "error", exitCode: 1, value: null });
      expect([text(second.stdout), text(second.stderr)]).toEqual(["5 /tmp\n", "oops\n"]);
      expect(text((await call("echo $?")).stdout)).toBe("1\n");
      expect(await call("f")).toMatchObject({ exitCode: 7 });
      expect(await call("if then")).toMatchObject({ status: "error", exitCode: 2 });
      expect(await call("sleep 30", { wallMs: 300 })).toMatchObject({
        status: "interrupted",
        limit: "wall",
        exitCode: 130,
      });
      expect(text((await call("cat; echo $X")).stdout)).toBe("5\n");
      expect(await call("exit 3")).toMatchObject({ status: "ended", exit: { code: 3 } });
    }));
}

type Caller = (code: string, more?: Omit<SessionCall, "code">) => Promise<SessionReply>;
