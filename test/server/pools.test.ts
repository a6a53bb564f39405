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
