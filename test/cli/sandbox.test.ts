import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { output, stage } from "../server/support/memory-execution.ts";
import { until } from "../server/support/serve.ts";
import { type Cli, createCli } from "./support/harness.ts";

/** Lets what was typed reach the editor of lines. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function listSessions(cli: Cli): Promise<unknown[]> {
  return cli.execution.sessions.list(rootContext());
}

/** A command line with a program beside it. */
function withProgram(name: string, text = "print(1)\n"): Cli {
  const cli = createCli();
  writeFileSync(join(cli.directory, name), text);
  return cli;
}

describe("sandbox run", () => {
  test("writes the program's output and one line about its end, without database", async () => {
    const cli = withProgram("a.py");
    cli.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("hello\n"));
      listener.onOutput?.("stderr", Buffer.from("warning\n"));
      return { stdout: output("hello\n"), stderr: output("warning\n") };
    };
    const { code, stdout, stderr } = await cli.run("sandbox", "run", "a.py");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello\n" });
    expect(stderr).toBe(
      "starting the embedded database …\nwarning\nok  2.5 ms (cpu 2.3 ms) · 4.8 MiB · memory, sandlot/python:1, mode B\n",
    );
    expect(cli.execution.requests[0]).toMatchObject({ language: "python", code: "print(1)\n" });
    expect(cli.events).toEqual(["server plays", "sandboxes alone", "close 0"]);
  });

  test("a program that fails has an exit code of its own", async () => {
    const cli = withProgram("a.py");
    cli.execution.play = async () => ({
      status: "runtime_error",
      message: "exit code 3: oops\u001b[2J",
      exit: { code: 3 },
      stderr: output("oops"),
    });
    const { code, stdout, stderr } = await cli.run("sandbox", "run", "a.py");
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toMatch(/oopsruntime_error: exit code 3: oops␛\[2J {2}2\.5 ms/);
    cli.execution.play = async () => ({ status: "runtime_error", message: "", exit: { signal: 11 } });
    expect((await cli.run("sandbox", "run", "a.py")).stderr).toMatch(/runtime_error: SIGSEGV {2}/);
    const json = await cli.run("sandbox", "run", "a.py", "--json");
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toMatchObject({ status: "runtime_error", signal: 11 });
    expect((await cli.run("sandbox", "run", "a.py", "--quiet")).stderr).toBe("starting the embedded database …\n");
  });

  test("a program that does not compile shows what the compiler says", async () => {
    const cli = withProgram("a.cpp", "int main");
    cli.execution.compile = () =>
      stage({ status: "runtime_error", message: "exit code 1", exit: { code: 1 }, stderr: output("a.cpp:1: error\n") });
    const { code, stderr } = await cli.run("sandbox", "run", "a.cpp");
    expect(code).toBe(5);
    expect(stderr).toMatch(/a\.cpp:1: error\ncompile_error {2}compiler 3\.2 ms · memory/);
  });

  test("hands on language, input, arguments, files, environment and limits", async () => {
    const cli = withProgram("tool", "#!/usr/bin/env python3\nprint(1)");
    writeFileSync(join(cli.directory, "data.bin"), Buffer.from([255, 0]));
    cli.stdin = "typed\n";
    const options = ["--stdin", "-", "--file", "data.bin", "--file", "in/b=data.bin", "--env", "A=b=c"];
    const limits = [
      "--wall-seconds",
      "1.5",
      "--memory-mib",
      "64",
      "--processes",
      "2",
      "--mode",
      "B",
      "--runtime",
      "runsc",
    ];
    const { code } = await cli.run("sandbox", "run", "tool", ...options, ...limits, "--", "--json", "-x", "y z");
    expect(code).toBe(0);
    expect(cli.execution.requests[0]).toMatchObject({
      language: "python",
      env: { A: "b=c" },
      files: [
        { path: "data.bin", data: Buffer.from([255, 0]) },
        { path: "in/b", data: Buffer.from([255, 0]) },
      ],
      limits: { wallMs: 1500, memoryBytes: 64 << 20, processes: 2 },
      mode: "B",
      runtime: "runsc",
      cases: [{ args: ["--json", "-x", "y z"], stdin: Buffer.from("typed\n") }],
    });
    await cli.run("sandbox", "run", "-", "--language", "bash");
    expect(cli.execution.requests[1]).toMatchObject({ language: "bash", code: "typed\n" });
  });

  test("output that was cut is told, and its end follows", async () => {
    const cli = withProgram("a.py");
    cli.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("ab"));
      return { stdout: output("abc", "xyz", 1000) };
    };
    const { stdout, stderr } = await cli.run("sandbox", "run", "a.py");
    expect(stdout).toBe("abcxyz");
    expect(stderr).toContain("… 1,000 bytes of standard output left out …\n");
  });

  test("output of a try that was repeated is followed by the whole of the last", async () => {
    const cli = withProgram("a.py");
    cli.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("pid 1\n"));
      return { stdout: output("pid 2\n"), evidence: ["sandbox lost; repeated alone"] };
    };
    const { stdout, stderr } = await cli.run("sandbox", "run", "a.py");
    expect(stdout).toBe("pid 1\npid 2\n");
    expect(stderr).toContain("the run was repeated; this is its whole standard output:\n");
    expect(stderr).toContain(" · sandbox lost; repeated alone\n");
  });

  test.each([
    [["nowhere.py"], /cannot read nowhere\.py: ENOENT/],
    [["a.unknown"], /error unknown_language: name unknown, say another with --language: bash, cpp, python\n/],
    [["plain"], /--language: is needed: nothing about plain says what it is written in/],
    [["a.py", "--stdin", "nowhere"], /--stdin: cannot read nowhere/],
    [["a.py", "--file", "nowhere"], /--file: cannot read nowhere/],
    [["a.py", "--env", "__proto__=x"], /env\.__proto__: not a usable name/],
    [["a.py", "--file", "../x=a.py"], /files\[0\]\.path: expected plain names/],
    [["-", "--stdin", "-"], /--stdin: standard input is the program already/],
    [["a.py", "--wall-seconds", "-1"], /limits\.wall_seconds: Too small/],
    [["a.py", "--memory-mib", "0"], /Expected a whole number from 1/],
    [["a.py", "--mode", "D"], /Allowed choices are A, B, C/],
    [[], /missing required argument 'file'/],
  ])("%j is refused", async (argv, message) => {
    const cli = withProgram("a.py");
    for (const name of ["a.unknown", "plain"]) writeFileSync(join(cli.directory, name), "x");
    const { code, stdout, stderr } = await cli.run("sandbox", "run", ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(cli.execution.requests.filter(({ language }) => language === "python")).toHaveLength(0);
  });

  test("takes the server that runs, whose provider is not ours to choose", async () => {
    const cli = withProgram("a.py");
    const server = cli.start("serve", "--port", "0", "--model-url", "http://127.0.0.1:9/v1", "--model", "m");
    await until(() => server.written.stdout !== "");
    expect((await cli.run("sandbox", "run", "a.py")).code).toBe(0);
    expect(cli.events).toEqual(["server plays"]);
    const chosen = await cli.run("sandbox", "run", "a.py", "--provider", "local");
    expect(chosen.code).toBe(2);
    expect(chosen.stderr).toMatch(/--provider: is set where the server at http:\/\/127\.0\.0\.1:<port> was started/);
    cli.signals.emit("SIGTERM");
    await server.ended;
  });

  test("faults of ours are infrastructure", async () => {
    const cli = withProgram("a.py");
    cli.execution.play = () => Promise.reject(new SandlotError("queue_full", { resource: "slots", retry_after: 1 }));
    const { code, stderr } = await cli.run("sandbox", "run", "a.py");
    expect(code).toBe(4);
    expect(stderr).toMatch(/error queue_full: resource slots/);
  });

  test("Ctrl-C ends the program", async () => {
    const cli = withProgram("a.py");
    cli.execution.play = (ctx) =>
      new Promise((_resolve, reject) => {
        ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
        cli.signals.emit("SIGINT");
      });
    const { code } = await cli.run("sandbox", "run", "a.py");
    expect(code).toBe(130);
    await until(() => cli.execution.contexts[0]?.signal.aborted === true);
  });
});

describe("sandbox shell", () => {
  test("runs standard input as one program", async () => {
    const cli = createCli();
    cli.stdin = "def f():\n    a = 1\n\n    return a\nprint(f())";
    cli.execution.answer = async () => ({ value: "2", stdout: output("1\n") });
    expect(await cli.run("sandbox", "shell")).toMatchObject({ code: 0, stdout: "1\n2\n" });
    expect(cli.execution.calls.map((call) => call.code)).toEqual([cli.stdin]);
    expect(cli.execution.opened[0]).toMatchObject({ language: "python", isolation: "slot" });
    expect(cli.events.at(-1)).toBe("close 0");
    await cli.run("sandbox", "shell", "--language", "bash");
    expect(cli.execution.opened[1]).toMatchObject({ language: "bash", isolation: "container" });
  });

  test("takes no more of standard input than a program may have, and only text", async () => {
    const cli = createCli();
    cli.stdin = "#".repeat((10 << 20) + 1);
    const { code, stderr } = await cli.run("sandbox", "shell");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error invalid_request: standard input is larger than 10485760 bytes$/m);
    expect(cli.execution.opened).toEqual([]);
  });

  test("names the languages there are", async () => {
    const { code, stderr } = await createCli().run("sandbox", "shell", "--language", "pyhton");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error unknown_language: name pyhton, nearest python, say another with --language: bash, cpp, python\n/,
    );
  });

  test.each([
    ["", 0],
    ["None", 0],
    ["0", 0],
    ["3", 5],
  ])("a program that leaves with %j ends with %i", async (message, expected) => {
    const cli = createCli();
    cli.stdin = "exit()";
    const error = { name: "SystemExit", message, traceback: `Traceback\nSystemExit: ${message}` };
    cli.execution.answer = async () => ({ status: "error", error });
    const { code, stderr } = await cli.run("sandbox", "shell");
    expect({ code, isShown: stderr.includes("SystemExit") }).toEqual({ code: expected, isShown: expected !== 0 });
  });

  test("shows errors, and says at its end that it failed", async () => {
    const cli = createCli();
    cli.stdin = "1/0\n";
    const error = { name: "ZeroDivisionError", message: "division by zero", traceback: "Traceback\nZeroDivisionError" };
    cli.execution.answer = async () => ({ status: "error", error });
    const { code, stderr } = await cli.run("sandbox", "shell");
    expect(code).toBe(5);
    expect(stderr).toMatch(/Traceback\nZeroDivisionError\n$/);
    const json = await cli.run("sandbox", "shell", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ status: "error", error });
  });

  test("ends when the session does", async () => {
    const cli = createCli();
    cli.stdin = "a\nb\n";
    cli.execution.answer = async () => ({ status: "ended", limit: "memory", exit: { signal: 9 } });
    const { code, stderr } = await cli.run("sandbox", "shell");
    expect(code).toBe(5);
    expect(stderr).toContain("the session has ended: the limit memory was reached\n");
    expect(cli.execution.calls).toHaveLength(1);
    cli.execution.answer = async () => ({ status: "ended", exit: { code: 0 } });
    expect((await cli.run("sandbox", "shell")).code).toBe(0);
  });

  test("at a terminal: lines are edited, Ctrl-C interrupts or discards, Ctrl-D ends", async () => {
    const cli = createCli();
    const input = new PassThrough();
    cli.terminal = { input, output: new PassThrough().resume() };
    let interrupted = () => undefined as void;
    cli.execution.answer = async (_ctx, { code }) => {
      if (code !== "slow") return { value: `<${code}>` };
      await new Promise<void>((resolve) => (interrupted = resolve));
      return { status: "interrupted" };
    };
    cli.execution.sessions.interrupt = () => interrupted();
    const { ended, written } = cli.start("sandbox", "shell");
    await until(() => written.stderr.includes("Ctrl-D ends"));
    const type = (text: string) => input.write(text);
    type("a x\u007f1\r");
    await until(() => written.stdout.includes("<a 1>\n"));
    type("if a:\r  b\r\u0003");
    await settle();
    type("c\r");
    await until(() => written.stdout.includes("<c>\n"));
    type("slow\r");
    await until(() => cli.execution.calls.length === 3);
    type("\u0003");
    await settle();
    type("if a:\r  b\r\r");
    await until(() => written.stdout.includes("<if a:\n  b\n>\n"));
    type("\u0004");
    expect((await ended).code).toBe(0);
    expect(cli.execution.calls.map(({ code }) => code)).toEqual(["a 1", "c", "slow", "if a:\n  b\n"]);
    expect(await listSessions(cli)).toEqual([]);
  });

  test("Ctrl-C without a terminal ends it", async () => {
    const cli = createCli();
    cli.stdin = "a\n";
    cli.execution.answer = async () => {
      cli.signals.emit("SIGINT");
      return new Promise(() => undefined);
    };
    expect((await cli.run("sandbox", "shell")).code).toBe(130);
  });
});

describe("operators", () => {
  async function withServer(cli: Cli): Promise<() => Promise<unknown>> {
    const server = cli.start("serve", "--port", "0", "--model-url", "http://127.0.0.1:9/v1", "--model", "m");
    await until(() => server.written.stdout !== "");
    return () => {
      cli.signals.emit("SIGTERM");
      return server.ended;
    };
  }

  test("list, describe, scale and drain pools", async () => {
    const cli = createCli();
    const stop = await withServer(cli);
    expect((await cli.run("pool", "list")).stdout).toMatchInlineSnapshot(`
      "pool    state  image   resource   tenant   memory × slots  min–max  idle  leased  making  waiting  hit rate
      pool_1  open   python  execution  default     512 MiB × 2      0–2     1       0       0        0      89 %
      "
    `);
    expect((await cli.run("pool")).stdout).toMatch(/^pool +state/);
    expect((await cli.run("pool", "describe", "pool_1")).stdout).toMatchInlineSnapshot(`
      "pool       pool_1  open
      serves     execution of tenant default
      sandbox    python, 2 slots, 2 cores, runtime default, mode auto, no network
      one run    512 MiB memory, 64.0 MiB files, 64 processes
      sizes      min 0, max 2, idle buffer 1
      now        1 idle, 0 leased, 0 being made, 0 waiting
      so far     3 made, 1 removed, 1 lost, 0 failed; 9 claims, 89 % found a sandbox ready
      "
    `);
    const scaled = await cli.run("pool", "scale", "pool_1", "--min", "1", "--idle-buffer", "3");
    expect(scaled.stdout).toMatch(/sizes +min 1, max 2, idle buffer 3/);
    expect((await cli.run("pool", "scale", "pool_1")).stderr).toMatch(/give at least one of --min, --max/);
    expect((await cli.run("pool", "scale", "pool_1", "--min", "9")).stderr).toMatch(/min: must not be above max/);
    expect((await cli.run("pool", "drain", "pool_1")).stdout).toMatch(/pool_1 {2}draining/);
    expect(await cli.run("pool", "describe", "pool_2")).toMatchObject({ code: 2 });
    expect(JSON.parse((await cli.run("pool", "list", "--json")).stdout)).toMatchObject({ items: [{ id: "pool_1" }] });
    await stop();
  });

  test("list and kill sandboxes", async () => {
    const cli = createCli();
    const stop = await withServer(cli);
    expect((await cli.run("sandbox", "list")).stdout).toMatchInlineSnapshot(`
      "sandbox  state  image             mode  users  uses    age  pool
      sbx_1    idle   sandlot/python:1  B         0     9  1.2 s  pool_1
      "
    `);
    expect((await cli.run("sandbox", "kill", "sbx_1")).stdout).toBe("removed sbx_1\n");
    expect((await cli.run("sandbox", "list")).stdout).toBe("no sandboxes: they are made when they are needed\n");
    expect(await cli.run("sandbox", "kill", "sbx_1")).toMatchObject({ code: 2 });
    await stop();
  });

  test("without a server there is nothing to look at", async () => {
    for (const argv of [
      ["pool", "list"],
      ["sandbox", "list"],
      ["sandbox", "kill", "x"],
    ]) {
      const { code, stderr } = await createCli().run(...argv);
      expect(code).toBe(4);
      expect(stderr).toMatch(/no server runs over the data directory <dir>\/\.sandlot/);
    }
  });
});
