import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { InputFile } from "../../src/sandbox/index.ts";
import { output, stage } from "./support/memory-execution.ts";
import { eventsOf, post, problemsIn, RUNS } from "./support/run-requests.ts";
import { serve, until } from "./support/serve.ts";

const PROGRAM = { language: "python", code: "print(1)" };

describe("a run", () => {
  test("is answered with everything that is known of it", async () => {
    const harness = await serve();
    const reply = await post(harness, RUNS, { ...PROGRAM, stdin: "hä\n" });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      request_id: null,
      language: "python",
      image: "python",
      status: "ok",
      compile: null,
      message: "",
      exit_code: 0,
      signal: null,
      stdout: { text: "hä\n", bytes: 4, dropped_bytes: 0 },
      stderr: { text: "", bytes: 0, dropped_bytes: 0 },
      files: [],
      times: {
        queue_ms: 0.1,
        claim_ms: 0.2,
        setup_ms: 0.3,
        compile_ms: null,
        wall_ms: 2.5,
        cpu_ms: 2.25,
        teardown_ms: 0.4,
      },
      memory_peak_bytes: 5_000_000,
      sandbox: { id: "sbx_1", provider: "memory", image: "sandlot/python:1", mode: "B" },
      evidence: [],
    });
  });

  test("hands everything on, in our units", async () => {
    const harness = await serve();
    const reply = await post(harness, RUNS, {
      language: "cpp",
      image: "gcc",
      code: "int main(){}",
      stdin_base64: "AP8=",
      args: ["-x", "ä b"],
      env: { A: "1" },
      files: [
        { path: "a/b.txt", text: "é", mode: 0o755 },
        { path: "c\\d", base64: "AAE=" },
      ],
      outputs: [{ path: "out", limit_bytes: 7 }, { path: "other" }],
      limits: {
        wall_seconds: 1.5,
        cpu_seconds: 0.0001,
        memory_mib: 64,
        output_bytes: 5,
        processes: 3,
        disk_mib: 2,
        open_files: 9,
      },
      compile_limits: { wall_seconds: 30 },
      keep_output_bytes: 100,
      sandbox: { mode: "B", runtime: "runsc", network: "none" },
      max_queue_seconds: 0,
      request_id: "r-1",
    });
    expect([reply.status, reply.json["request_id"]]).toEqual([200, "r-1"]);
    const [sent] = harness.execution.requests;
    expect(sent).toEqual({
      language: "cpp",
      image: "gcc",
      code: "int main(){}",
      env: { A: "1" },
      files: [
        { path: "a/b.txt", data: Buffer.from("é"), mode: 0o755 },
        { path: "c\\d", data: Buffer.from([0, 1]) },
      ],
      limits: {
        wallMs: 1500,
        cpuMs: 1,
        memoryBytes: 64 << 20,
        outputBytes: 5,
        processes: 3,
        diskBytes: 2 << 20,
        openFiles: 9,
      },
      compileLimits: { wallMs: 30_000 },
      keepBytes: 100,
      mode: "B",
      runtime: "runsc",
      maxQueueMs: 0,
      cases: [
        {
          stdin: Buffer.from([0, 255]),
          args: ["-x", "ä b"],
          outputs: [
            { path: "out", limit: 7 },
            { path: "other", limit: 1 << 20 },
          ],
        },
      ],
    });
  });

  test("is made on behalf of its tenant, and needs the scope", async () => {
    const keys = [
      { name: "a", key: "runs", tenant: "red", scopes: ["sandboxes"] as const },
      { name: "b", key: "jobs", tenant: "red", scopes: ["jobs"] as const },
    ];
    const harness = await serve({ auth: { keys } });
    const with_ = (key: string) => post(harness, RUNS, PROGRAM, { authorization: `Bearer ${key}` });
    expect((await with_("runs")).status).toBe(200);
    expect(harness.execution.contexts[0]?.principal.tenant).toBe("red");
    const refused = await with_("jobs");
    expect([refused.status, refused.error.context]).toEqual([403, { scope: "sandboxes" }]);
  });

  test("that failed is an answer, not an error", async () => {
    const harness = await serve();
    harness.execution.play = async () => ({
      status: "runtime_error",
      message: "killed by signal 11",
      exit: { signal: 11 },
      evidence: ["sandbox lost: agent exit"],
    });
    const { status, json } = await post(harness, RUNS, PROGRAM);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: "runtime_error",
      exit_code: null,
      signal: 11,
      evidence: ["sandbox lost: agent exit"],
    });
    harness.execution.play = async () => ({ status: "time_limit", exit: null });
    expect((await post(harness, RUNS, PROGRAM)).json).toMatchObject({
      status: "time_limit",
      exit_code: null,
      signal: null,
    });
  });

  test("that did not compile says what the compiler said, and no output of its own", async () => {
    const harness = await serve();
    harness.execution.compile = () =>
      stage({
        status: "runtime_error",
        message: "exit code 1",
        exit: { code: 1 },
        stderr: output("main.cpp:1: error"),
      });
    const { json } = await post(harness, RUNS, { language: "cpp", code: "x" });
    expect(json).toMatchObject({
      status: "compile_error",
      message: "the program did not compile: exit code 1",
      exit_code: null,
      stdout: { text: "", bytes: 0 },
      stderr: { text: "", bytes: 0 },
      compile: { status: "runtime_error", exit_code: 1, stderr: { text: "main.cpp:1: error" } },
      times: { compile_ms: 3.2, wall_ms: 0, queue_ms: 0.1 },
    });
  });

  test("adds the compiler's waiting to its own", async () => {
    const { json } = await post(await serve(), RUNS, { language: "cpp", code: "x" });
    expect(json["times"]).toMatchObject({ queue_ms: 0.2, claim_ms: 0.4, compile_ms: 3.2, wall_ms: 2.5 });
    expect(json["compile"]).toMatchObject({ status: "ok", times: { wall_ms: 2.5 } });
  });
});

describe("output", () => {
  test.each([
    ["NUL and control characters", Buffer.from("a\0b\x1b[2J\x7f"), undefined],
    ["what JavaScript takes for line ends", Buffer.from("\u2028\u2029\ufeff\ufffe"), undefined],
    ["a byte order mark", Buffer.from("\ufeffx"), undefined],
    ["beyond the basic plane", Buffer.from("\u{1F600}"), undefined],
    ["invalid UTF-8", Buffer.from([0x61, 0xff, 0x62]), "Yf9i"],
    ["half a character", Buffer.from([0xf0, 0x9f, 0x98]), "8J+Y"],
    ["a surrogate as UTF-8", Buffer.from([0xed, 0xa0, 0x80]), "7aCA"],
    ["overlong", Buffer.from([0xc0, 0x80]), "wIA="],
  ])("with %s comes out exactly", async (_name, bytes, base64) => {
    const harness = await serve();
    harness.execution.play = async () => ({ stdout: { head: bytes, tail: Buffer.alloc(0), dropped: 0 } });
    const { json } = await post(harness, RUNS, PROGRAM);
    const stdout = json["stdout"] as { text: string; base64?: string; bytes: number };
    expect(stdout.bytes).toBe(bytes.length);
    expect(stdout.base64).toBe(base64);
    expect(Buffer.from(stdout.base64 ?? stdout.text, stdout.base64 ? "base64" : "utf8")).toEqual(bytes);
    expect(stdout.text.includes("\ufffd")).toBe(base64 !== undefined);
  });

  test("that was cut says where and how much", async () => {
    const harness = await serve();
    harness.execution.play = async () => ({ stdout: output("abc", "xyz", 1000) });
    const { json } = await post(harness, RUNS, PROGRAM);
    expect(json["stdout"]).toEqual({ text: "abcxyz", bytes: 1006, dropped_bytes: 1000, head_bytes: 3 });
  });

  test("of megabytes comes whole, escaped six times its size too", async () => {
    const harness = await serve();
    const size = 16 << 20;
    for (const byte of [0x61, 0x00, 0xff]) {
      const head = Buffer.alloc(size, byte);
      harness.execution.play = async () => ({ stdout: { head, tail: Buffer.alloc(0), dropped: 0 } });
      const { json } = await post(harness, RUNS, { ...PROGRAM, keep_output_bytes: size });
      const stdout = json["stdout"] as { text: string; base64?: string };
      expect(stdout.text).toHaveLength(size);
      expect(Buffer.from(stdout.base64 ?? stdout.text, stdout.base64 ? "base64" : "utf8").equals(head)).toBe(true);
    }
  });

  test("files come as text or base64, with what became of them", async () => {
    const harness = await serve();
    const none = Buffer.alloc(0);
    harness.execution.play = async () => ({
      files: [
        { path: "a", status: "ok", data: Buffer.from("é") },
        { path: "b", status: "ok", data: Buffer.from([255]) },
        { path: "c", status: "ok", data: none },
        { path: "d", status: "missing", data: none },
        { path: "e", status: "refused", data: none },
        { path: "f", status: "too_large", data: none },
      ],
    });
    const outputs = ["a", "b", "c", "d", "e", "f"].map((path) => ({ path }));
    const { json } = await post(harness, RUNS, { ...PROGRAM, outputs });
    expect(json["files"]).toEqual([
      { path: "a", status: "ok", bytes: 2, text: "é" },
      { path: "b", status: "ok", bytes: 1, base64: "/w==" },
      { path: "c", status: "ok", bytes: 0, text: "" },
      { path: "d", status: "missing", bytes: 0 },
      { path: "e", status: "refused", bytes: 0 },
      { path: "f", status: "too_large", bytes: 0 },
    ]);
  });
});

describe("input", () => {
  test.each([
    ["left out", {}, undefined],
    ["null", { stdin: null }, undefined],
    ["empty", { stdin: "" }, undefined],
    ["both null", { stdin: null, stdin_base64: null }, undefined],
    ["text", { stdin: "a\0\u{1F600}" }, "a\0\u{1F600}"],
    ["bytes beside null", { stdin: null, stdin_base64: "YQ==" }, "a"],
  ])("%s", async (_name, given, expected) => {
    const harness = await serve();
    expect((await post(harness, RUNS, { ...PROGRAM, ...given })).status).toBe(200);
    const stdin = harness.execution.requests[0]?.cases[0]?.stdin;
    expect(stdin && Buffer.from(stdin).toString()).toBe(expected);
  });

  test("NUL in the code is the program's affair", async () => {
    const harness = await serve();
    expect((await post(harness, RUNS, { language: "python", code: "a\0b" })).status).toBe(200);
    expect(harness.execution.requests[0]?.code).toBe("a\0b");
  });

  test("a program of 10 MB passes", async () => {
    const harness = await serve();
    const code = `${"# äöü\n".repeat(1_250_000)}print(1)`;
    expect(Buffer.byteLength(code)).toBeGreaterThan(10_000_000);
    expect((await post(harness, RUNS, { language: "python", code })).status).toBe(200);
    expect(harness.execution.requests[0]?.code === code).toBe(true);
  });

  test("10,000 files pass, more are refused", async () => {
    const harness = await serve();
    const files = Array.from({ length: 10_000 }, (_, i) => ({ path: `d${i % 100}/f${i}`, text: String(i) }));
    expect((await post(harness, RUNS, { ...PROGRAM, files })).status).toBe(200);
    const sent = harness.execution.requests[0]?.files as readonly InputFile[];
    expect(sent).toHaveLength(10_000);
    const more = await post(harness, RUNS, { ...PROGRAM, files: [...files, { path: "one-more", text: "" }] });
    expect([more.status, problemsIn(more).map(({ field }) => field)]).toEqual([400, ["files"]]);
  });

  test.each([
    [{ code: 1 }, "code"],
    [{ code: null }, "code"],
    [{ code: "a\ud800b" }, "code"],
    [{ stdin: "\udc00" }, "stdin"],
    [{ stdin: 5 }, "stdin"],
    [{ stdin: "a", stdin_base64: "YQ==" }, "stdin_base64"],
    [{ stdin_base64: "YQ=" }, "stdin_base64"],
    [{ stdin_base64: "Y Q==" }, "stdin_base64"],
    [{ stdin_base64: "YQ==\n" }, "stdin_base64"],
    [{ stdin_base64: "Y_-=" }, "stdin_base64"],
    [{ stdin_base64: "=AAA" }, "stdin_base64"],
    [{ language: "" }, "language"],
    [{ language: "py\u0000" }, "language"],
    [{ image: 3 }, "image"],
    [{ args: "x" }, "args"],
    [{ args: ["a\0"] }, "args[0]"],
    [{ args: ["x".repeat(60_000)] }, "args"],
    [{ env: { "A=B": "x" } }, 'env["A=B"]'],
    [{ env: { "": "x" } }, 'env[""]'],
    [{ env: { A: "x\0" } }, "env.A"],
    [{ env: { A: 1 } }, "env.A"],
    [{ env: { A: "1", ["__proto__"]: "2" } }, "env.__proto__"],
    [{ env: { A: "x".repeat(60_000) } }, "env"],
    [{ files: [{ path: "../x", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a/../../x", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "/etc/passwd", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a//b", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "./a", text: "" }] }, "files[0].path"],
    [{ files: [{ path: ".", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a/", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a\0b", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "\ud800", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "ä".repeat(128), text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a/".repeat(40) + "b", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a" }] }, "files[0].text"],
    [{ files: [{ path: "a", text: "", base64: "" }] }, "files[0].text"],
    [{ files: [{ path: "a", base64: "!" }] }, "files[0].base64"],
    [{ files: [{ path: "a", text: "", mode: 0o1777 }] }, "files[0].mode"],
    [
      {
        files: [
          { path: "a", text: "" },
          { path: "a", text: "" },
        ],
      },
      "files[1].path",
    ],
    [
      {
        files: [
          { path: "a", text: "" },
          { path: "a/b", text: "" },
        ],
      },
      "files[0].path",
    ],
    [{ files: { a: "b" } }, "files"],
    [{ outputs: [{ path: "../../etc/shadow" }] }, "outputs[0].path"],
    [{ outputs: [{ path: "a", limit_bytes: 0 }] }, "outputs[0].limit_bytes"],
    [{ outputs: Array.from({ length: 65 }, (_, i) => ({ path: `f${i}` })) }, "outputs"],
    [
      {
        outputs: [
          { path: "a", limit_bytes: 100 << 20 },
          { path: "b", limit_bytes: 100 << 20 },
        ],
      },
      "outputs",
    ],
    [{ keep_output_bytes: 0 }, "keep_output_bytes"],
    [{ keep_output_bytes: 1 << 30 }, "keep_output_bytes"],
    [{ max_queue_seconds: -1 }, "max_queue_seconds"],
    [{ request_id: "" }, "request_id"],
    [{ sandbox: { mode: "D" } }, "sandbox.mode"],
    [{ sandbox: { isolation: "vm" } }, "sandbox.isolation"],
    [{ limits: { wall_seconds: 0 } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: -1 } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: 1e9 } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: "10" } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: null } }, "limits.wall_seconds"],
    [{ limits: { memory_mib: 0.5 } }, "limits.memory_mib"],
    [{ limits: { memory_mib: 1e18 } }, "limits.memory_mib"],
    [{ limits: { processes: 0 } }, "limits.processes"],
    [{ limits: { open_files: 1 } }, "limits.open_files"],
    [{ limits: { wall_ms: 5 } }, "limits.wall_ms"],
    [{ compile_limits: { cpu_seconds: -0 } }, "compile_limits.cpu_seconds"],
    [{ timeout: 5 }, "timeout"],
  ])("%j is refused, naming %s", async (wrong, field) => {
    const harness = await serve();
    // As text with escapes: half of a surrogate pair has no UTF-8.
    const reply = await post(harness, RUNS, { ...PROGRAM, ...wrong });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(problemsIn(reply).map((problem) => problem.field)).toContain(field);
    expect(harness.execution.requests).toHaveLength(0);
  });

  test.each(["NaN", "Infinity", "1e999", "-1e999"])("a limit of %s is refused", async (number) => {
    const harness = await serve();
    const reply = await post(harness, RUNS, `{"language":"python","code":"","limits":{"wall_seconds":${number}}}`);
    expect(reply.status).toBe(400);
    expect(harness.execution.requests).toHaveLength(0);
  });

  test.each(["host", "", null, true, { allow: ["pypi.org"] }])("the network %j is not to be had", async (network) => {
    const reply = await post(await serve(), RUNS, { ...PROGRAM, sandbox: { network } });
    expect([reply.status, reply.error.code]).toEqual([400, "sandbox_unsupported"]);
    expect(reply.error.message).toContain("sandbox.network");
  });

  test("an unknown language names the nearest", async () => {
    const reply = await post(await serve(), RUNS, { language: "pyton", code: "" });
    expect([reply.status, reply.error.code, reply.error.context]).toEqual([
      400,
      "unknown_language",
      { name: "pyton", nearest: "python" },
    ]);
  });

  test("base64 of megabytes is checked without exhausting the stack", async () => {
    const harness = await serve();
    const stdin_base64 = Buffer.alloc(12 << 20, 7).toString("base64");
    expect((await post(harness, RUNS, { ...PROGRAM, stdin_base64 })).status).toBe(200);
    expect(harness.execution.requests[0]?.cases[0]?.stdin).toHaveLength(12 << 20);
    const broken = `${stdin_base64.slice(0, -4)}AA!A`;
    expect((await post(harness, RUNS, { ...PROGRAM, stdin_base64: broken })).status).toBe(400);
  });
});

describe("overload and faults", () => {
  test("a full queue is 503 with Retry-After", async () => {
    const harness = await serve();
    harness.execution.play = () =>
      Promise.reject(new SandlotError("queue_full", { resource: "slots of python", retry_after: 1.2 }));
    for (const path of [RUNS, `${RUNS}/stream`]) {
      const reply = await post(harness, path, PROGRAM);
      expect([reply.status, reply.error.code, reply.headers["retry-after"]]).toEqual([503, "queue_full", "2"]);
      expect(reply.error.retry).toBe("backoff");
    }
  });

  test("a server without sandboxes says so", async () => {
    const harness = await serve({ execution: null });
    for (const path of [RUNS, `${RUNS}/stream`]) {
      const reply = await post(harness, path, PROGRAM);
      expect([reply.status, reply.error.code]).toEqual([503, "provider_unavailable"]);
    }
    expect((await harness.send({ path: "/api/v1/languages" })).status).toBe(503);
    expect((await harness.send({ path: "/api/v1/sessions" })).status).toBe(503);
  });

  test("what is not coded stays inside", async () => {
    const harness = await serve();
    harness.execution.play = () => Promise.reject(new TypeError("secret"));
    const reply = await post(harness, RUNS, PROGRAM);
    expect([reply.status, reply.error.code]).toEqual([500, "internal"]);
    expect(reply.text).not.toContain("secret");
  });

  test("a client that goes away ends its run", async () => {
    const harness = await serve();
    let reason: unknown;
    harness.execution.play = (ctx) =>
      new Promise((_resolve, reject) =>
        ctx.signal.addEventListener("abort", () => {
          reason = ctx.signal.reason;
          reject(ctx.signal.reason as Error);
        }),
      );
    for (const path of [RUNS, `${RUNS}/stream`]) {
      reason = undefined;
      const body = JSON.stringify(PROGRAM);
      const before = harness.execution.requests.length;
      const req = request({
        port: harness.server.port,
        path,
        method: "POST",
        headers: { "content-type": "application/json" },
      });
      req.on("error", () => undefined);
      req.end(body);
      await until(() => harness.execution.requests.length > before);
      expect(reason).toBeUndefined();
      req.destroy();
      await until(() => reason !== undefined);
      expect(SandlotError.is(reason, "cancelled")).toBe(true);
    }
  });

  test("answers that nobody has read yet are bounded, and the memory comes back", async () => {
    const harness = await serve({ bounds: { answerBytesInAll: 1 << 20 } });
    let size = 2 << 20;
    harness.execution.play = async () => ({
      stdout: { head: Buffer.alloc(size, 65), tail: Buffer.alloc(0), dropped: 0 },
    });
    const reply = await post(harness, RUNS, PROGRAM);
    expect([reply.status, reply.error.code]).toEqual([429, "overloaded"]);
    size = 700_000;
    for (let i = 0; i < 3; i++) expect((await post(harness, RUNS, PROGRAM)).status).toBe(200);
  });
});

describe("the stream of a run", () => {
  test("tells of the compiler, of output as it comes, and of the result", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from([0xc3]));
      listener.onOutput?.("stderr", Buffer.from("oops"));
      await new Promise((resolve) => setImmediate(resolve));
      listener.onOutput?.("stdout", Buffer.from([0xa4, 0x0a, 0xff]));
      listener.onOutput?.("stdout", Buffer.from([0xe2, 0x82]));
      return { stdout: { head: Buffer.from([0xc3, 0xa4, 0x0a, 0xff, 0xe2, 0x82]), tail: Buffer.alloc(0), dropped: 0 } };
    };
    const reply = await post(harness, `${RUNS}/stream`, { language: "cpp", code: "x", request_id: "q" });
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
    const events = eventsOf(reply);
    expect(events.map(([name]) => name)).toEqual(["compiled", "output", "output", "output", "result"]);
    expect(events[0]?.[1]).toMatchObject({ status: "ok", exit_code: 0 });
    const outputs = events.filter(([name]) => name === "output").map(([, data]) => data);
    expect(outputs[0]).toEqual({ stream: "stderr", text: "oops" });
    const bytes = outputs
      .slice(1)
      .map(({ text, base64 }) => Buffer.from((base64 ?? text) as string, base64 ? "base64" : "utf8"));
    expect(Buffer.concat(bytes)).toEqual(Buffer.from([0xc3, 0xa4, 0x0a, 0xff, 0xe2, 0x82]));
    expect(events.at(-1)?.[1]).toMatchObject({ request_id: "q", status: "ok", stdout: { base64: "w6QK/+KC" } });
  });

  test("joins small pieces that wait", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      for (let i = 0; i < 10_000; i++) listener.onOutput?.("stdout", Buffer.from(`${i}\n`));
      return {};
    };
    const events = eventsOf(await post(harness, `${RUNS}/stream`, PROGRAM));
    expect(events.length).toBeLessThan(10);
    const text = events.flatMap(([name, data]) => (name === "output" ? [data["text"] as string] : [])).join("");
    expect(text).toBe(Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(""));
  });

  test("that breaks ends with the error", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("x"));
      await new Promise((resolve) => setImmediate(resolve));
      throw new SandlotError("sandbox_unavailable", { pool: "p", detail: "none" });
    };
    const events = eventsOf(await post(harness, `${RUNS}/stream`, PROGRAM));
    expect(events.map(([name]) => name)).toEqual(["output", "error"]);
    expect(events[1]?.[1]).toMatchObject({ error: { code: "sandbox_unavailable", retry: "backoff" } });
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("x"));
      await new Promise((resolve) => setImmediate(resolve));
      throw new TypeError("secret");
    };
    const broken = await post(harness, `${RUNS}/stream`, PROGRAM);
    expect(eventsOf(broken).at(-1)?.[1]).toMatchObject({ error: { code: "internal" } });
    expect(broken.text).not.toContain("secret");
    expect(harness.records.at(-1)).toMatchObject({ level: "error", code: "internal" });
  });
});

test("languages are listed", async () => {
  const { json } = await (await serve()).send({ path: "/api/v1/languages" });
  expect(json["items"]).toContainEqual({
    name: "python",
    aliases: ["py", "python3"],
    images: ["python", "numeric"],
    compiled: false,
    sessions: "slot",
  });
});
