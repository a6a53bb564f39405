import { afterEach, describe, expect, test } from "vitest";
import { FleetAdmin, openFleet } from "../../src/models/index.ts";
import { startReplica } from "../models/test-replica.ts";
import { post, problemsIn } from "./support/run-requests.ts";
import { serve } from "./support/serve.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop();
});

/** A server with the fleet `policy` of two replicas. */
async function serveFleet() {
  const replicas = await Promise.all(["a", "b"].map((id) => startReplica(id)));
  open.push(...replicas.map(({ endpoint }) => endpoint));
  const members = replicas.map(({ id, endpoint }) => ({ id, url: endpoint.url }));
  const fleet = openFleet({ name: "policy", model: "m", apiKey: "our-key", api: "chat", members, watchEveryMs: 20 });
  open.push({ stop: () => fleet.close() });
  const configuredUrls = () => members.map(({ url }) => url);
  const fleets = new FleetAdmin(new Map([["policy", { fleet, routing: "sticky_least_cost", configuredUrls }]]));
  const harness = await serve({ fleets });
  const states = async () => {
    const { json } = await harness.send({ path: "/api/v1/models/policy/fleet" });
    const views = json["replicas"] as { id: string; state: string; weight_version: string | null }[];
    return Object.fromEntries(views.map(({ id, state }) => [id, state]));
  };
  return { ...harness, replicas, members, states };
}

const put = (harness: Awaited<ReturnType<typeof serveFleet>>, body: object) =>
  harness.send({ method: "PUT", path: "/api/v1/models/policy/replicas", body: JSON.stringify(body) });

describe("a model's fleet", () => {
  test("is shown, drained, paused and resumed", async () => {
    const harness = await serveFleet();
    await expect.poll(harness.states).toEqual({ a: "ready", b: "ready" });
    expect((await harness.send({ path: "/api/v1/models/policy/fleet" })).json).toMatchObject({
      name: "policy",
      routing: "sticky_least_cost",
      generation: 0,
      replicas: [{ id: "a", in_flight: 0, kv_tokens: 400_000, weight_version: null }, { id: "b" }],
    });
    await post(harness, "/api/v1/models/policy/replicas/a/drain", {});
    expect(await harness.states()).toEqual({ a: "draining", b: "ready" });
    await post(harness, "/api/v1/models/policy/replicas/a/drain", { on: false });
    const paused = await post(harness, "/api/v1/models/policy/pause", { mode: "keep" });
    expect(paused.json).toEqual({
      replicas: [
        { replica: "a", problem: null },
        { replica: "b", problem: null },
      ],
    });
    expect(await harness.states()).toEqual({ a: "paused", b: "paused" });
    await post(harness, "/api/v1/models/policy/resume", { weight_version: "2", failed: ["b"] });
    expect(await harness.states()).toEqual({ a: "ready", b: "stale" });
  });

  test("takes its replicas as a whole; an older generation and a wrong list are refused", async () => {
    const harness = await serveFleet();
    const [a] = harness.members;
    const replaced = await put(harness, { generation: 5, replicas: [a] });
    expect([replaced.status, replaced.error]).toEqual([200, undefined]);
    await expect.poll(harness.states).toEqual({ a: "ready" });
    const older = await put(harness, { generation: 4, replicas: [] });
    expect([older.status, problemsIn(older)[0]?.field]).toEqual([400, "generation"]);
    const wrong = await put(harness, { generation: 6, replicas: [{ id: "x", url: "ftp://x" }] });
    expect([wrong.status, problemsIn(wrong)[0]?.field]).toEqual([400, "replicas[0].url"]);
  });

  test("names what is wrong with its replicas as it was written, and opens none of a list that it refuses", async () => {
    const harness = await serveFleet();
    const stranger = await startReplica("stranger");
    open.push(stranger.endpoint);
    const [a, b] = harness.members;
    const fields = async (body: object) => {
      const reply = await put(harness, body);
      return reply.status === 200 ? [200] : [reply.status, ...problemsIn(reply).map(({ field }) => field)];
    };
    expect(await fields({ generation: 5, replicas: [a, b] })).toEqual([200]);
    expect(await fields({ generation: 5, replicas: [b, a] })).toEqual([200]);
    const other = [a, { id: "stranger", url: stranger.endpoint.url }];
    expect(await fields({ generation: 5, replicas: other })).toEqual([400, "generation"]);
    expect(await fields({ generation: 6, replicas: [...other, a] })).toEqual([400, "replicas[2].id"]);
    const moved = [...other, { id: "b", url: stranger.endpoint.url }];
    expect(await fields({ generation: 6, replicas: moved })).toEqual([400, "replicas[2].url"]);
    await expect.poll(harness.states).toEqual({ a: "ready", b: "ready" });
    expect(stranger.endpoint.sockets.size).toBe(0);
    expect(await fields({ generation: 6, replicas: other })).toEqual([200]);
    await expect.poll(harness.states).toEqual({ a: "ready", stranger: "ready" });
  });

  test("gives the fleet's own key to no URL of a caller", async () => {
    const harness = await serveFleet();
    const stranger = await startReplica("stranger");
    open.push(stranger.endpoint);
    const [a] = harness.members;
    await put(harness, { generation: 1, replicas: [a, { id: "stranger", url: stranger.endpoint.url }] });
    await expect.poll(harness.states).toEqual({ a: "ready", stranger: "ready" });
    const keys = (seen: readonly { headers: Record<string, unknown> }[]) =>
      new Set(seen.map((one) => one.headers["authorization"]));
    expect(keys(stranger.endpoint.seen)).toEqual(new Set([undefined]));
    expect(keys(harness.replicas[0]?.endpoint.seen ?? [])).toEqual(new Set(["Bearer our-key"]));
  });

  test("is not found where there is none, and is for operators to change", async () => {
    const harness = await serveFleet();
    expect((await harness.send({ path: "/api/v1/models/judge/fleet" })).error.context).toEqual({
      kind: "fleet",
      id: "judge",
    });
    expect((await (await serve()).send({ path: "/api/v1/models/policy/fleet" })).status).toBe(404);
    const keys = [{ name: "a", key: "k", tenant: "red", scopes: ["jobs", "admin"] as const }];
    const { send } = await serve({
      auth: { keys: keys.map(({ scopes, ...key }) => ({ ...key, scopes: [...scopes] })) },
    });
    const headers = { authorization: "Bearer k", "content-type": "application/json" };
    const refused = await send({ method: "POST", path: "/api/v1/models/policy/pause", headers, body: "{}" });
    expect([refused.status, refused.error.code]).toEqual([403, "forbidden"]);
  });
});
