import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { send, sendRaw, serve } from "./support/serve.ts";

describe("Host", () => {
  test.each([
    "localhost",
    "localhost:1",
    "127.0.0.1:99",
    "127.1.2.3",
    "[::1]:7461",
    "LOCALHOST",
    "extra.example:5",
    "exact.example:80",
  ])("takes %s", async (host) => {
    const { send } = await serve({ hosts: ["127.0.0.1", "extra.example", "exact.example:80"] });
    expect((await send({ path: "/healthz", headers: { host } })).status).toBe(200);
  });

  test.each([
    "evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "127.0.0.1.evil.example",
    "exact.example:81",
    "a@localhost",
    "localhost:x",
    "0x7f.1",
  ])("refuses %s", async (host) => {
    const { send } = await serve({ hosts: ["127.0.0.1", "exact.example:80"] });
    const reply = await send({ path: "/api/v1/jobs", headers: { host } });
    expect([reply.status, reply.error.code, reply.error.context["host"]]).toEqual([403, "forbidden_host", host]);
  });

  test("a server on every address takes address literals, but no names", async () => {
    const { send } = await serve({ hosts: ["0.0.0.0"] });
    expect((await send({ path: "/healthz", headers: { host: "10.1.2.3:7461" } })).status).toBe(200);
    expect((await send({ path: "/healthz", headers: { host: "evil.example" } })).status).toBe(403);
  });

  test("a request of HTTP/1.0 without Host is refused", async () => {
    const { server } = await serve();
    expect(await sendRaw(server.port, "GET /healthz HTTP/1.0\r\n\r\n")).toContain("forbidden_host");
  });
});

describe("Origin", () => {
  test("the server's own origin passes, over TLS in front too", async () => {
    const { send, server } = await serve();
    const host = `127.0.0.1:${server.port}`;
    for (const origin of [`http://${host}`, `https://${host}`]) {
      expect((await send({ path: "/healthz", headers: { host, origin } })).status).toBe(200);
    }
  });

  test.each(["http://evil.example", "null", "http://127.0.0.1:1", "file://", "http://localhost:7461"])(
    "refuses %s",
    async (origin) => {
      const { send, jobs } = await serve();
      const reply = await send({ path: "/api/v1/jobs", headers: { origin }, body: '{"environment":"math"}' });
      expect([reply.status, reply.error.code]).toEqual([403, "forbidden_origin"]);
      expect(jobs.incoming).toHaveLength(0);
    },
  );
});

describe("Content-Type", () => {
  test.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
    "takes %s",
    async (type) => {
      const { send } = await serve();
      const reply = await send({
        path: "/api/v1/jobs",
        headers: { "content-type": type },
        body: '{"environment":"math"}',
      });
      expect(reply.status).toBe(201);
    },
  );

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=latin1",
    "application/jsonp",
    "",
  ])("refuses %s", async (type) => {
    const { send, jobs } = await serve();
    const reply = await send({
      path: "/api/v1/jobs",
      headers: { "content-type": type },
      body: '{"environment":"math"}',
    });
    expect([reply.status, reply.error.code]).toEqual([415, "unsupported_media_type"]);
    expect(jobs.incoming).toHaveLength(0);
  });

  test("a compressed body is refused", async () => {
    const { send } = await serve();
    const reply = await send({ path: "/api/v1/jobs", headers: { "content-encoding": "gzip" }, body: "{}" });
    expect(reply.error.code).toBe("unsupported_media_type");
  });
});

describe("API keys", () => {
  const keys = [
    { name: "ann", key: "key-of-ann", tenant: "red", scopes: ["jobs"] as const },
    { name: "bob", key: "key-of-bob", tenant: "blue", scopes: ["admin"] as const },
  ];

  test("no key, an unknown key and another scheme are unauthorized", async () => {
    const { send } = await serve({ auth: { keys } });
    for (const authorization of ["", "Bearer wrong", "Basic key-of-ann", "key-of-ann", "Bearer key-of-ann x"]) {
      const reply = await send({ path: "/api/v1/jobs", headers: authorization ? { authorization } : {} });
      expect([reply.status, reply.error.code]).toEqual([401, "unauthorized"]);
      expect(reply.headers["www-authenticate"]).toBe('Bearer realm="sandlot"');
      expect(reply.text).not.toContain("key-of-ann");
    }
  });

  test("a key stands for its tenant and scopes", async () => {
    const { send, jobs, records } = await serve({ auth: { keys } });
    const reply = await send({
      path: "/api/v1/jobs",
      headers: { authorization: "bearer key-of-ann" },
      body: '{"environment":"math"}',
    });
    expect(reply.status).toBe(201);
    expect(jobs.contexts[0]?.principal).toEqual({ tenant: "red", scopes: ["jobs"] });
    expect(records.at(-1)).toMatchObject({ tenant: "red", caller: "ann", status: 201 });
    expect(JSON.stringify(records)).not.toContain("key-of-ann");
  });

  test("a key without the scope is forbidden, and told which it lacks", async () => {
    const { send } = await serve({ auth: { keys } });
    const reply = await send({ path: "/api/v1/jobs", headers: { authorization: "Bearer key-of-bob" } });
    expect([reply.status, reply.error.code, reply.error.context]).toEqual([403, "forbidden", { scope: "jobs" }]);
  });

  test("open routes need no key", async () => {
    const { send } = await serve({ auth: { keys } });
    for (const path of ["/healthz", "/readyz", "/openapi.json"]) expect((await send({ path })).status).toBe(200);
  });

  test("without keys the local user may do everything", async () => {
    const { send, jobs } = await serve();
    await send({ path: "/api/v1/jobs" });
    expect(jobs.contexts[0]?.principal).toEqual({
      tenant: "default",
      scopes: ["jobs", "hidden_tests", "sandboxes", "admin", "operator"],
    });
  });
});

describe("paths and methods", () => {
  test.each(["/", "/nope", "/api/v1/jobs/", "/API/v1/jobs", "/api/v1", "/api/v1/jobs/a/b"])(
    "%s is not found",
    async (path) => {
      const { send } = await serve();
      const reply = await send({ path });
      expect([reply.status, reply.error.code]).toEqual([404, "not_found"]);
    },
  );

  test.each([
    ["DELETE", "/api/v1/jobs", "GET, POST, HEAD"],
    ["GET", "/api/v1/jobs/x/cancel", "POST"],
    ["POST", "/healthz", "GET, HEAD"],
    ["OPTIONS", "/api/v1/jobs", "GET, POST, HEAD"],
  ])("%s %s is answered with 405", async (method, path, allow) => {
    const { send } = await serve();
    const reply = await send({ method, path });
    expect([reply.status, reply.error.code]).toEqual([405, "method_not_allowed"]);
    expect(reply.headers.allow?.split(", ").sort()).toEqual(allow.split(", ").sort());
  });

  test.each(["/api/v1/jobs/%E0%A4", "/api/v1/jobs/a%00b", `/api/v1/jobs/${"x".repeat(300)}`])(
    "%s is a bad request",
    async (path) => {
      const { send } = await serve();
      const reply = await send({ path });
      expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    },
  );
});

describe("errors of handlers", () => {
  test("a coded error keeps its code and context", async () => {
    const { send } = await serve();
    const reply = await send({ path: "/api/v1/jobs/job_x" });
    expect(reply.status).toBe(404);
    expect(reply.error).toMatchObject({ code: "not_found", context: { kind: "job", id: "job_x" }, retry: "never" });
    expect(reply.json["request_id"]).toBe(reply.headers["x-request-id"]);
  });

  test("any other error is internal: logged once with its stack, never shown", async () => {
    for (const thrown of [new Error("secret detail"), SandlotError.from(new Error("secret detail"))]) {
      const { send, jobs, records } = await serve();
      jobs.nextGet = () => Promise.reject(thrown);
      const reply = await send({ path: "/api/v1/jobs/a" });
      expect([reply.status, reply.error.code]).toEqual([500, "internal"]);
      expect(reply.text).not.toContain("secret detail");
      const errors = records.filter(({ level }) => level === "error");
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ error: { stack: expect.stringContaining("secret detail") as unknown } });
    }
  });

  test("overload and a used up quota say when to come back", async () => {
    const { send, jobs } = await serve();
    jobs.nextGet = () => Promise.reject(new SandlotError("overloaded", { resource: "queue", retry_after: 2.2 }));
    const reply = await send({ path: "/api/v1/jobs/a" });
    expect([reply.status, reply.headers["retry-after"]]).toEqual([503, "3"]);
    jobs.nextGet = () => Promise.reject(new SandlotError("quota_exceeded", { resource: "sessions", retry_after: 4 }));
    const quota = await send({ path: "/api/v1/jobs/a" });
    expect([quota.status, quota.error.code, quota.headers["retry-after"]]).toEqual([429, "quota_exceeded", "4"]);
  });

  test("an answer that breaks the contract is caught in tests", async () => {
    const { send, jobs } = await serve();
    jobs.nextGet = async () => ({}) as never;
    expect((await send({ path: "/api/v1/jobs/a" })).status).toBe(500);
  });
});

describe("request ids, traces and headers", () => {
  test("a sane x-request-id is taken over, another is replaced", async () => {
    const { send, records } = await serve({ newRequestId: () => "req_new" });
    expect((await send({ path: "/healthz", headers: { "x-request-id": "abc.1:2-3" } })).headers["x-request-id"]).toBe(
      "abc.1:2-3",
    );
    for (const bad of ["has space", "x".repeat(200), "<script>"]) {
      expect((await send({ path: "/healthz", headers: { "x-request-id": bad } })).headers["x-request-id"]).toBe(
        "req_new",
      );
    }
    expect(records.filter(({ message }) => message === "request")).toHaveLength(4);
  });

  test("a valid traceparent is carried on, another is replaced", async () => {
    const { send, jobs } = await serve();
    const good = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    await send({ path: "/api/v1/jobs", headers: { traceparent: good } });
    await send({ path: "/api/v1/jobs", headers: { traceparent: `00-${"0".repeat(32)}-${"b".repeat(16)}-01` } });
    expect(jobs.contexts[0]?.trace).toBe(good);
    expect(jobs.contexts[1]?.trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(jobs.contexts[1]?.trace).not.toContain("0".repeat(32));
  });

  test("one flat record a request, without the query", async () => {
    const { send, records } = await serve();
    await send({ path: "/api/v1/jobs?cursor=private" });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      level: "info",
      message: "request",
      method: "GET",
      path: "/api/v1/jobs",
      status: 200,
      complete: true,
    });
    expect(JSON.stringify(records)).not.toContain("private");
  });

  test("answers are not to be framed, sniffed or kept", async () => {
    const { headers } = await (await serve()).send({ path: "/healthz" });
    expect(headers["content-security-policy"]).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-powered-by"]).toBeUndefined();
  });
});

test("two servers cannot share a port", async () => {
  const { server, app } = await serve();
  const { startServer } = await import("../../src/server/start-server.ts");
  await expect(startServer({ app, host: "127.0.0.1", port: server.port })).rejects.toMatchObject({
    code: "invalid_config",
    context: { source: "server.port" },
  });
  expect((await send(server.port, { path: "/healthz" })).status).toBe(200);
});

test("other surfaces are mounted behind the checks", async () => {
  const { send } = await serve({
    extensions: [(req, res, next) => (req.path === "/extra" ? void res.send("here") : next())],
  });
  expect((await send({ path: "/extra" })).text).toBe("here");
  expect((await send({ path: "/extra", headers: { host: "evil.example" } })).status).toBe(403);
  expect((await send({ path: "/other" })).status).toBe(404);
});

test("readiness is 503 with what is wrong", async () => {
  const { send } = await serve({ ready: async () => ({ database: "ok", sandbox: "no engine" }) });
  const reply = await send({ path: "/readyz" });
  expect([reply.status, reply.json]).toEqual([
    503,
    { status: "not_ready", checks: { database: "ok", sandbox: "no engine" } },
  ]);
});

describe("free text of a query", () => {
  const places = [
    "jobs?environment=",
    "jobs?cursor=",
    "jobs?label=team=",
    "jobs/job_1/rollouts?task=",
    "jobs/job_1/rollouts?cursor=",
    "jobs/job_1/groups?cursor=",
    "jobs/job_1/samples?cursor=",
    "jobs/job_1/export?cursor=",
    "jobs/job_1/profile?cursor=",
    "jobs/job_1/tasks?cursor=",
    "environments/math/tasks?dataset=",
  ];

  test.each(places)("%s holds no control characters, and no endless text", async (place) => {
    const { send } = await serve();
    for (const text of ["a%00b", "a%1Bb", "a".repeat(1_000)]) {
      const reply = await send({ path: `/api/v1/${place}${text}` });
      expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    }
  });
});

test("numbers in a body are numbers, not texts of them", async () => {
  const { send } = await serve();
  for (const body of [{ limit: "4" }, { limit: true }, { wait_seconds: null }]) {
    const reply = await send({ path: "/api/v1/jobs/job_1/deliveries", body: JSON.stringify(body) });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
  }
});
