import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { output, stage } from "./support/memory-execution.ts";
import { post, PROGRAM, RUNS } from "./support/run-requests.ts";
import { serve, until } from "./support/serve.ts";

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

  test("whoever finds no sandbox is told when to come again", async () => {
    const harness = await serve();
    harness.execution.play = () => Promise.reject(new SandlotError("sandbox_unavailable", { pool: "p", detail: "d" }));
    for (const path of [RUNS, `${RUNS}/stream`]) {
      const reply = await post(harness, path, PROGRAM);
      expect([reply.status, reply.error.code, reply.headers["retry-after"]]).toEqual([503, "sandbox_unavailable", "5"]);
    }
  });

  test("what will not come right by itself names no time to come again", async () => {
    const harness = await serve();
    harness.execution.play = () => Promise.reject(new SandlotError("sandbox_image_missing", { image: "python" }));
    const reply = await post(harness, RUNS, PROGRAM);
    expect([reply.status, reply.headers["retry-after"]]).toEqual([503, undefined]);
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
    expect([reply.status, reply.error.code, reply.headers["retry-after"]]).toEqual([503, "overloaded", "5"]);
    size = 700_000;
    for (let i = 0; i < 3; i++) expect((await post(harness, RUNS, PROGRAM)).status).toBe(200);
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
