import { request as open } from "node:http";
import { describe, expect, test } from "vitest";
import { output } from "./support/memory-execution.ts";
import { post, problemsIn } from "./support/run-requests.ts";
import { serve, until } from "./support/serve.ts";

const SESSIONS = "/api/v1/sessions";

describe("a session", () => {
  test("is opened, called, interrupted, listed and closed", async () => {
    const harness = await serve();
    const { send, execution } = harness;
    const opened = await post(harness, SESSIONS, {
      language: "py",
      idle_seconds: 1.5,
      lifetime_seconds: 60,
      env: { A: "1" },
      files: [{ path: "a", text: "x" }],
      limits: { wall_seconds: 2 },
      sandbox: { mode: "B" },
    });
    const view = {
      id: "ses_1",
      language: "python",
      image: "python",
      isolation: "slot",
      state: "open",
      reason: null,
      detail: null,
      sandbox: { id: "sbx_1", provider: "memory", mode: "B" },
      opened_at: "2023-11-14T22:13:20.000Z",
      last_used_at: "2023-11-14T22:13:20.000Z",
      expires_at: "2023-11-14T23:13:20.000Z",
      times: { queue_ms: 0, claim_ms: 1, setup_ms: 2 },
    };
    expect([opened.status, opened.json]).toEqual([201, view]);
    expect(execution.opened[0]).toEqual({
      language: "py",
      isolation: "slot",
      env: { A: "1" },
      files: [{ path: "a", data: Buffer.from("x") }],
      limits: { wallMs: 2000 },
      idleMs: 1500,
      lifetimeMs: 60_000,
      mode: "B",
    });
    expect((await send({ path: `${SESSIONS}/ses_1` })).json).toEqual(view);
    expect((await send({ path: SESSIONS })).json).toEqual({ items: [view] });
    execution.answer = async () => ({
      status: "error",
      value: null,
      error: { name: "ValueError", message: "\ud800", traceback: "Traceback" },
      stdout: output("partial"),
      queueMs: 7.25,
    });
    const called = await post(harness, `${SESSIONS}/ses_1/calls`, {
      code: "x",
      wall_seconds: 0.5,
      keep_output_bytes: 10,
    });
    expect(called.status).toBe(200);
    expect(called.json).toEqual({
      status: "error",
      value: null,
      error: { name: "ValueError", message: "\ud800", traceback: "Traceback" },
      exit_code: null,
      signal: null,
      limit: null,
      stdout: { text: "partial", bytes: 7, dropped_bytes: 0 },
      stderr: { text: "", bytes: 0, dropped_bytes: 0 },
      times: { queue_ms: 7.25, wall_ms: 1, cpu_ms: 1 },
      memory_peak_bytes: 1000,
    });
    expect(execution.calls).toEqual([{ code: "x", wallMs: 500, keepBytes: 10 }]);
    expect((await send({ method: "POST", path: `${SESSIONS}/ses_1/interrupt` })).json).toEqual(view);
    const closed = await send({ method: "DELETE", path: `${SESSIONS}/ses_1` });
    expect([closed.status, closed.json]).toEqual([200, { ...view, state: "ended", reason: "closed" }]);
    expect((await send({ path: `${SESSIONS}/ses_1` })).status).toBe(404);
    expect((await send({ method: "DELETE", path: `${SESSIONS}/ses_1` })).status).toBe(404);
  });

  test("takes and gives files", async () => {
    const harness = await serve();
    await post(harness, SESSIONS, { language: "python" });
    const files = [
      { path: "a.txt", text: "é" },
      { path: "b", base64: "/w==" },
    ];
    expect((await post(harness, `${SESSIONS}/ses_1/files`, { files })).json).toEqual({ written: 2 });
    const outputs = [{ path: "a.txt" }, { path: "b" }, { path: "c" }, { path: "a.txt", limit_bytes: 1 }];
    expect((await post(harness, `${SESSIONS}/ses_1/files/read`, { outputs })).json).toEqual({
      files: [
        { path: "a.txt", status: "ok", bytes: 2, text: "é" },
        { path: "b", status: "ok", bytes: 1, base64: "/w==" },
        { path: "c", status: "missing", bytes: 0 },
        { path: "a.txt", status: "too_large", bytes: 0 },
      ],
    });
  });

  test("is isolated as its language is usually, unless it is said", async () => {
    const harness = await serve();
    await post(harness, SESSIONS, { language: "python" });
    await post(harness, SESSIONS, { language: "sh" });
    await post(harness, SESSIONS, { language: "python", isolation: "container" });
    expect(harness.execution.opened.map(({ isolation }) => isolation)).toEqual(["slot", "container", "container"]);
  });

  test("is its tenant's alone", async () => {
    const keys = ["red", "blue"].map((tenant) => ({
      name: tenant,
      key: tenant,
      tenant,
      scopes: ["sandboxes"] as const,
    }));
    const harness = await serve({ auth: { keys } });
    const red = { authorization: "Bearer red" };
    const blue = { authorization: "Bearer blue" };
    await post(harness, SESSIONS, { language: "python" }, red);
    expect((await harness.send({ path: SESSIONS, headers: blue })).json).toEqual({ items: [] });
    for (const path of ["/calls", "/files", "/files/read", "/interrupt"]) {
      const body = {
        "/calls": { code: "1" },
        "/files": { files: [{ path: "a", text: "" }] },
        "/files/read": { outputs: [{ path: "a" }] },
      };
      const given = JSON.stringify((body as Record<string, object>)[path] ?? {});
      const reply = await harness.send({ path: `${SESSIONS}/ses_1${path}`, headers: blue, body: given });
      expect([path, reply.status]).toEqual([path, 404]);
    }
    expect((await harness.send({ method: "DELETE", path: `${SESSIONS}/ses_1`, headers: blue })).status).toBe(404);
    expect((await harness.send({ path: `${SESSIONS}/ses_1`, headers: red })).status).toBe(200);
  });

  test.each([
    ["", { language: "python", isolation: "vm" }, "isolation"],
    ["", { language: "python", idle_seconds: 0 }, "idle_seconds"],
    ["", { language: "python", lifetime_seconds: 1e9 }, "lifetime_seconds"],
    ["", { language: "python", code: "x" }, "code"],
    ["", { language: "python", files: [{ path: "../a", text: "" }] }, "files[0].path"],
    ["", { language: "python", env: { A: "1", ["__proto__"]: "2" } }, "env.__proto__"],
    ["", { language: "python", ["__proto__"]: {} }, "__proto__"],
    ["/ses_1/calls", { code: "a\0" }, "code"],
    ["/ses_1/calls", { code: "\udfff" }, "code"],
    ["/ses_1/calls", {}, "code"],
    ["/ses_1/calls", { code: "", wall_seconds: -1 }, "wall_seconds"],
    ["/ses_1/files", { files: [] }, "files"],
    ["/ses_1/files", { files: [{ path: "/a", text: "" }] }, "files[0].path"],
    ["/ses_1/files/read", { outputs: [] }, "outputs"],
    [
      "/ses_1/files/read",
      {
        outputs: [
          { path: "a", limit_bytes: 100 << 20 },
          { path: "b", limit_bytes: 100 << 20 },
        ],
      },
      "outputs",
    ],
  ])("POST %s %j is refused, naming %s", async (path, body, field) => {
    const harness = await serve();
    await post(harness, SESSIONS, { language: "python" });
    const reply = await post(harness, `${SESSIONS}${path}`, body);
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(problemsIn(reply).map((problem) => problem.field)).toContain(field);
    expect(harness.execution.opened).toHaveLength(1);
  });

  test("has answers that are bounded while nobody reads them, and their memory comes back", async () => {
    const harness = await serve({ bounds: { answerBytesInAll: 40 << 20 } });
    await post(harness, SESSIONS, { language: "python" });
    const size = 12 << 20;
    harness.execution.answer = async () => ({
      stdout: { head: Buffer.alloc(size, 65), tail: Buffer.alloc(0), dropped: 0 },
      value: "v".repeat(size / 2),
      error: { name: "E", message: "", traceback: "t".repeat(size / 2) },
    });
    const path = `${SESSIONS}/ses_1/calls`;
    const held = open({
      host: "127.0.0.1",
      port: harness.server.port,
      path,
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    held.on("error", () => undefined);
    // Its body is never read.
    const begun = new Promise((resolve) => held.on("response", resolve));
    held.end(JSON.stringify({ code: "x" }));
    await begun;
    const refused = await post(harness, path, { code: "x" });
    expect([refused.status, refused.error.code, refused.headers["retry-after"]]).toEqual([503, "overloaded", "5"]);
    held.destroy();
    await until(() => harness.records.some(({ code }) => code === "cancelled"));
    for (let i = 0; i < 3; i++) {
      const reply = await post(harness, path, { code: "x" });
      // In parts: as one string with its escapes it could be larger than memory allows.
      expect([reply.status, reply.headers["content-length"]]).toEqual([200, undefined]);
      expect((reply.json["stdout"] as { bytes: number }).bytes).toBe(size);
    }
  });

  test("has no network either", async () => {
    const reply = await post(await serve(), SESSIONS, { language: "python", sandbox: { network: "all" } });
    expect([reply.status, reply.error.code]).toEqual([400, "sandbox_unsupported"]);
  });

  test("in a language without sessions is refused by name", async () => {
    const reply = await post(await serve(), SESSIONS, { language: "pyhton" });
    expect([reply.status, reply.error.code]).toEqual([400, "unknown_language"]);
  });
});
