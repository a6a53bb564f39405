import { describe, expect, test } from "vitest";
import { post, problemsIn } from "./support/run-requests.ts";
import { serve } from "./support/serve.ts";

describe("operators", () => {
  test("see pools and sandboxes", async () => {
    const { send } = await serve();
    const pools = (await send({ path: "/api/v1/pools" })).json["items"] as Record<string, unknown>[];
    expect(pools).toHaveLength(1);
    expect(pools[0]).toMatchObject({
      id: "pool_1",
      state: "open",
      spec: { image: "python", memory_bytes: 512 << 20, slots: 2, network: "none", mode: "auto" },
      limits: { min: 0, max: 2, idle_buffer: 1 },
      stats: { idle: 1, claims: 9, hits: 8 },
      last_error: null,
    });
    expect((await send({ path: "/api/v1/pools/pool_1" })).json).toEqual(pools[0]);
    const sandboxes = (await send({ path: "/api/v1/sandboxes" })).json["items"] as Record<string, unknown>[];
    expect(sandboxes[0]).toMatchObject({ id: "sbx_1", pool_id: "pool_1", state: "idle", age_ms: 1235 });
    expect((await send({ path: "/api/v1/sandboxes/sbx_1" })).json).toEqual(sandboxes[0]);
    expect((await send({ path: "/api/v1/pools/pool_2" })).error.context).toEqual({ kind: "pool", id: "pool_2" });
    expect((await send({ path: "/api/v1/sandboxes/sbx_2" })).status).toBe(404);
  });

  test("scale and drain pools, and kill sandboxes", async () => {
    const harness = await serve();
    const scaled = await post(harness, "/api/v1/pools/pool_1/scale", { min: 1, idle_buffer: 3 });
    expect([scaled.status, scaled.json["limits"]]).toEqual([200, { min: 1, max: 2, idle_buffer: 3 }]);
    expect((await harness.send({ method: "POST", path: "/api/v1/pools/pool_1/drain" })).json["state"]).toBe("draining");
    const killed = await harness.send({ method: "DELETE", path: "/api/v1/sandboxes/sbx_1" });
    expect([killed.status, killed.json]).toEqual([200, { id: "sbx_1", removed: true }]);
    expect(harness.pools.killed).toEqual(["sbx_1"]);
    expect((await harness.send({ method: "DELETE", path: "/api/v1/sandboxes/sbx_1" })).status).toBe(404);
  });

  test.each([
    [{}, ""],
    [{ min: -1 }, "min"],
    [{ min: 1.5 }, "min"],
    [{ max: 0 }, "max"],
    [{ max: 1e6 }, "max"],
    [{ min: 3, max: 2 }, "min"],
    [{ min: 5 }, "min"],
    [{ idle_buffer: "1" }, "idle_buffer"],
    [{ min: 1, size: 1 }, "size"],
  ])("cannot scale to %j", async (body, field) => {
    const reply = await post(await serve(), "/api/v1/pools/pool_1/scale", body);
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(problemsIn(reply).map((problem) => problem.field)).toEqual([field]);
  });

  test("need the scope admin", async () => {
    const keys = [{ name: "a", key: "k", tenant: "red", scopes: ["jobs", "sandboxes"] as const }];
    const { send, pools } = await serve({ auth: { keys } });
    const headers = { authorization: "Bearer k" };
    for (const [method, path] of [
      ["GET", "/api/v1/pools"],
      ["GET", "/api/v1/pools/pool_1"],
      ["POST", "/api/v1/pools/pool_1/drain"],
      ["GET", "/api/v1/sandboxes"],
      ["GET", "/api/v1/sandboxes/sbx_1"],
      ["DELETE", "/api/v1/sandboxes/sbx_1"],
    ] as const) {
      const reply = await send({ method, path, headers });
      expect([path, reply.status, reply.error.context]).toEqual([path, 403, { scope: "admin" }]);
    }
    expect(pools.killed).toEqual([]);
  });

  describe("of several tenants", () => {
    const keys = [
      { name: "r", key: "red", tenant: "red", scopes: ["sandboxes", "admin"] as const },
      { name: "d", key: "default", tenant: "default", scopes: ["admin"] as const },
      { name: "o", key: "operator", tenant: "red", scopes: ["operator"] as const },
      { name: "j", key: "jobs", tenant: "default", scopes: ["operator", "jobs"] as const },
    ];
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    const one = [
      ["GET", "/api/v1/pools/pool_1"],
      ["POST", "/api/v1/pools/pool_1/drain"],
      ["GET", "/api/v1/sandboxes/sbx_1"],
      ["DELETE", "/api/v1/sandboxes/sbx_1"],
    ] as const;
    const scale = { method: "POST", path: "/api/v1/pools/pool_1/scale", body: '{"max":7}' };

    test("an admin finds nothing of another tenant, as if it were not there", async () => {
      const { send, pools } = await serve({ auth: { keys } });
      const headers = as("red");
      expect((await send({ path: "/api/v1/pools", headers })).json).toEqual({ items: [] });
      expect((await send({ path: "/api/v1/sandboxes", headers })).json).toEqual({ items: [] });
      for (const [method, path] of one) {
        const reply = await send({ method, path, headers });
        const unknown = await send({ method, path: path.replace("_1", "_9"), headers });
        expect([path, reply.status, reply.error.code]).toEqual([path, 404, "not_found"]);
        expect({ ...reply.error, context: { ...reply.error.context, id: "" }, message: "" }).toEqual({
          ...unknown.error,
          context: { ...unknown.error.context, id: "" },
          message: "",
        });
      }
      expect(pools.killed).toEqual([]);
      expect(pools.list()[0]).toMatchObject({ state: "open", limits: { max: 2 } });
    });

    test.each(["default", "operator", "jobs"])("what is there is seen and steered with the key %s", async (key) => {
      const { send, pools } = await serve({ auth: { keys } });
      const headers = as(key);
      expect((await send({ path: "/api/v1/pools", headers })).json["items"]).toHaveLength(1);
      expect((await send({ path: "/api/v1/sandboxes", headers })).json["items"]).toHaveLength(1);
      for (const [method, path] of one)
        expect([path, (await send({ method, path, headers })).status]).toEqual([path, 200]);
      expect(pools.killed).toEqual(["sbx_1"]);
    });

    test("what one tenant takes of the machine is the operator's to say", async () => {
      const { send, pools } = await serve({ auth: { keys } });
      const refused = await send({ ...scale, headers: as("default") });
      expect([refused.status, refused.error.context]).toEqual([403, { scope: "operator" }]);
      expect((await send({ ...scale, headers: as("operator") })).status).toBe(200);
      expect(pools.list()[0]?.limits.max).toBe(7);
    });

    test("an operator is nothing else", async () => {
      const { send } = await serve({ auth: { keys } });
      const reply = await send({ path: "/api/v1/jobs", headers: as("operator") });
      expect([reply.status, reply.error.context]).toEqual([403, { scope: "jobs" }]);
    });
  });

  test("are told which methods a path takes", async () => {
    const { send } = await serve();
    const reply = await send({ method: "PUT", path: "/api/v1/sandboxes/sbx_1" });
    expect([reply.status, reply.headers["allow"]]).toEqual([405, "GET, DELETE, HEAD"]);
  });

  test("of a server without sandboxes are told so", async () => {
    const reply = await (await serve({ pools: null })).send({ path: "/api/v1/pools" });
    expect([reply.status, reply.error.code]).toEqual([503, "provider_unavailable"]);
  });
});
