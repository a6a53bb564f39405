import { describe, expect, it } from "vitest";
import { sandboxFusion } from "../../../src/compat/sandbox-fusion/index.ts";
import type { ErrorCode } from "../../../src/core/errors/codes.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { AppOptions } from "../../../src/server/create-app.ts";
import { type Harness, serve, until } from "../../server/support/serve.ts";
import { output } from "../../server/support/memory-execution.ts";

const RUN = { code: "1", language: "python", run_timeout: 3 };
const SUBMIT = {
  dataset: "d",
  id: 1,
  completion: "```python\n1\n```",
  config: {
    dataset_type: "CommonOJDataset",
    language: "python",
    provided_data: { id: 1, content: "", labels: {}, test: [{ input: { stdin: "1" }, output: { stdout: "1" } }] },
  },
};

const open = (options: Partial<AppOptions> = {}) => serve({ surfaces: [sandboxFusion], ...options });

function post({ send }: Harness, path: string, body: unknown, headers: Record<string, string> = {}) {
  return send({ path, body: JSON.stringify(body), headers });
}

/** A server whose every run ends in this error. */
async function failing(error: unknown): Promise<Harness> {
  const harness = await open();
  harness.execution.play = async () => {
    throw error;
  };
  return harness;
}

describe("a server that is busy", () => {
  it.each([
    new SandlotError("queue_full", { resource: "slots", retry_after: 3 }),
    new SandlotError("overloaded", { resource: "memory", retry_after: 3 }),
    new SandlotError("quota_exceeded", { resource: "sessions", retry_after: 3 }),
    new SandlotError("deadline_exceeded", { waiting_for: "the run" }),
    new SandlotError("shutting_down", { detail: "stopping" }),
    new SandlotError("sandbox_unavailable", { pool: "p", detail: "d" }),
  ])("answers 504 and nothing else: $code", async (error) => {
    const harness = await failing(error);
    for (const [path, body] of [
      ["/run_code", RUN],
      ["/submit", SUBMIT],
    ] as const) {
      const { status, json } = await post(harness, path, body);
      expect([status, typeof json["detail"]]).toEqual([504, "string"]);
    }
  });

  it("answers 504 to who comes while it stops, and 503 on its own paths as ever", async () => {
    const harness = await open();
    harness.app.stop();
    expect((await post(harness, "/run_code", RUN)).status).toBe(504);
    expect((await harness.send({ path: "/api/v1/jobs" })).status).toBe(503);
  });

  it("answers 504 when there is no memory for the answer", async () => {
    const harness = await open({ bounds: { answerBytesInAll: 100_000 } });
    harness.execution.play = async () => ({ stdout: output("x".repeat(200_000)) });
    expect((await post(harness, "/run_code", RUN)).status).toBe(504);
    expect((await post(harness, "/submit", SUBMIT)).status).toBe(504);
  });

  it("answers 504 when there is no memory for the request", async () => {
    const harness = await open({ bounds: { bodyBytesInAll: 10 } });
    expect((await post(harness, "/run_code", RUN)).status).toBe(504);
  });
});

describe("a fault of ours", () => {
  const faults: readonly (readonly [ErrorCode, unknown])[] = [
    ["sandbox_lost", new SandlotError("sandbox_lost", { sandbox_id: "s", detail: "gone", cause: "engine" })],
    ["sandbox_image_missing", new SandlotError("sandbox_image_missing", { image: "python" })],
    ["internal", new TypeError("secret detail")],
  ];

  it.each(faults)("is a SandboxError of a run: %s", async (code, error) => {
    const harness = await failing(error);
    const { status, json } = await post(harness, "/run_code", RUN);
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: "SandboxError", compile_result: null, run_result: null, files: {} });
    expect(json["message"]).not.toContain("secret");
    expect(harness.records.at(-1)).toMatchObject({ code, route: "/run_code" });
  });

  it.each(faults)("is a 500 of a submission: %s", async (_, error) => {
    const { status, json } = await post(await failing(error), "/submit", SUBMIT);
    expect([status, typeof json["detail"]]).toEqual([500, "string"]);
  });

  it("is a SandboxError where there are no sandboxes", async () => {
    const harness = await open({ execution: null });
    expect((await post(harness, "/run_code", RUN)).json).toMatchObject({ status: "SandboxError" });
    expect((await post(harness, "/run_jupyter", { cells: [] })).json).toMatchObject({ status: "SandboxError" });
    expect((await harness.send({ path: "/v1/ping" })).text).toBe('"pong"');
  });
});

describe("a program's failure", () => {
  it.each([
    [{ status: "memory_limit", exit: null, message: "too much memory" }, "Finished", -9],
    [{ status: "memory_limit", exit: { code: 0 }, message: "a child had too much memory" }, "Finished", -9],
    [{ status: "memory_limit", exit: { code: 1 }, message: "too much memory" }, "Finished", 1],
    [{ status: "tampered", exit: null, message: "it brought its sandbox down" }, "Finished", -9],
    [{ status: "runtime_error", exit: { signal: 11 }, message: "killed" }, "Finished", -11],
    [{ status: "time_limit", exit: { signal: 9 }, message: "late" }, "TimeLimitExceeded", null],
  ] as const)("is never a SandboxError: %j", async (stage, status, code) => {
    const harness = await open();
    harness.execution.play = async () => stage;
    const { json } = await post(harness, "/run_code", RUN);
    expect(json).toMatchObject({ status: "Failed", run_result: { status, return_code: code } });
    const { json: judged } = await post(harness, "/submit", SUBMIT);
    expect(judged).toMatchObject({ accepted: false });
  });

  it("has its cut output marked", async () => {
    const harness = await open();
    harness.execution.play = async () => ({ stdout: output("head", "tail", 12) });
    const { json } = await post(harness, "/run_code", RUN);
    expect(json).toMatchObject({
      status: "Success",
      message: "12 bytes of stdout are left out",
      run_result: { stdout: "head\n… 12 bytes …\ntail" },
    });
  });
});

describe("who may ask", () => {
  const keys = [{ name: "trainer", key: "k".repeat(32), tenant: "team", scopes: ["sandboxes"] as const }];

  it("is told in the dialect's form who may not", async () => {
    const harness = await open({ auth: { keys } });
    const refused = await post(harness, "/run_code", RUN);
    expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, 'Bearer realm="sandlot"']);
    expect(refused.json["detail"]).toContain("unauthorized");
    const taken = await post(harness, "/run_code", RUN, { authorization: `Bearer ${"k".repeat(32)}` });
    expect(taken.status).toBe(200);
    expect(harness.execution.contexts[0]?.principal.tenant).toBe("team");
  });

  it("is no page of another site", async () => {
    const harness = await open();
    const { status, json } = await post(harness, "/run_code", RUN, { origin: "http://evil.example" });
    expect([status, typeof json["detail"]]).toEqual([403, "string"]);
    expect((await post(harness, "/run_code", RUN, { host: "evil.example" })).status).toBe(403);
    expect(harness.execution.requests).toEqual([]);
  });
});

describe("a request", () => {
  it("is cancelled when its client goes", async () => {
    const harness = await open();
    let reason: unknown = null;
    harness.execution.play = (ctx) =>
      new Promise((_, reject) => {
        ctx.signal.addEventListener("abort", () => {
          reason = ctx.signal.reason;
          reject(ctx.signal.reason as Error);
        });
      });
    const controller = new AbortController();
    const asked = fetch(`${harness.server.url}/run_code`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(RUN),
      signal: controller.signal,
    });
    asked.catch(() => undefined);
    await until(() => harness.execution.requests.length === 1);
    controller.abort();
    await until(() => reason !== null);
    expect(reason).toMatchObject({ code: "cancelled" });
  });

  it("may be as large as a run and no larger", async () => {
    const harness = await open({ bounds: { bodyBytes: 1000 } });
    const { status, json } = await post(harness, "/run_code", { ...RUN, code: "x".repeat(2000) });
    expect([status, typeof json["detail"]]).toEqual([413, "string"]);
  });

  it("says how long to wait and what it takes", async () => {
    const harness = await open();
    await post(harness, "/run_code", { ...RUN, run_timeout: 1e300, memory_limit_MB: 1e13, files: { a: "QQ==" } });
    await post(harness, "/run_code", { ...RUN, run_timeout: 0.5, compile_timeout: 1, memory_limit_MB: 1 });
    await post(harness, "/run_code", { ...RUN, language: "cpp" });
    expect(harness.execution.requests).toMatchObject([
      { limits: { wallMs: 3_600_000, memoryBytes: 2 ** 40 }, maxQueueMs: 18_000, foreignLimits: true },
      { limits: { wallMs: 500, memoryBytes: 4 * 2 ** 20 }, maxQueueMs: 6000 },
      { compileLimits: { wallMs: 10_000 }, maxQueueMs: 5000 },
    ]);
  });
});
