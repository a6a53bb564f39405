import { expect, test } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { ModelMetrics, openFleet } from "../../src/models/index.ts";
import { metricsSurface } from "../../src/server/index.ts";
import { closedAfterEach } from "../models/closed-after-each.ts";
import { openGatewaySession } from "../models/gateway-session.ts";
import { fails, startReplica, type TestReplica } from "../models/test-replica.ts";
import { serve } from "./support/serve.ts";

const closing = closedAfterEach();

/** A server with the fleet `policy` of the replicas, its metrics, and their values by name and labels. */
async function serveMetrics(replicas: readonly TestReplica[], options: Parameters<typeof serve>[0] = {}) {
  for (const { endpoint } of replicas) closing(() => endpoint.stop());
  const metrics = new ModelMetrics();
  const members = replicas.map(({ id, endpoint }) => ({ id, url: endpoint.url }));
  const observer = metrics.observerOf("policy");
  const all = { name: "policy", model: "m", api: "chat", policy: "round_robin", watchEveryMs: 20 } as const;
  const fleet = openFleet({ ...all, members, observer });
  closing(() => fleet.close());
  metrics.watch("policy", fleet);
  const harness = await serve({ ...options, surfaces: [metricsSurface(() => metrics.page())] });
  const page = async () => {
    const { text } = await harness.send({ path: "/metrics" });
    return new Map(
      text.split("\n").flatMap((line): [string, number][] => {
        const at = line.lastIndexOf(" ");
        return line === "" || line.startsWith("#") ? [] : [[line.slice(0, at), Number(line.slice(at + 1))]];
      }),
    );
  };
  const ready = async () =>
    expect
      .poll(() => fleet.snapshot().replicas.map(({ state }) => state), { timeout: 10_000 })
      .toEqual(replicas.map(() => "ready"));
  return { ...harness, metrics, members, fleet, page, ready };
}

test("tells where fleets stand and what became of calls", async () => {
  const [good, bad] = [await startReplica("good"), await startReplica("bad", fails(503))];
  const { fleet, metrics, members, page, ready, send } = await serveMetrics([good, bad]);
  await ready();
  await fleet.updates.resume(rootContext(), { weightVersion: "step-7" });
  const { openai, root } = await openGatewaySession(fleet.client, closing, { observer: metrics });
  const messages = [{ role: "user", content: "hi" }] as const;
  for (let at = 0; at < 4; at++) await openai.chat.completions.create({ model: "policy", messages: [...messages] });
  await fetch(`${root}/v1/embeddings/anything`, { method: "POST" });

  const { status, headers } = await send({ path: "/metrics" });
  expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  await expect
    .poll(async () => (await page()).get('gateway_request_seconds_count{model="policy",route="other",status="404"}'))
    .toBe(1);
  const values = await page();
  const of = 'model="policy",replica="good"';
  expect(values.get(`lb_requests_total{${of},outcome="answered"}`)).toBe(4);
  const refused = values.get('lb_requests_total{model="policy",replica="bad",outcome="model_server_error"}') ?? 0;
  expect(refused).toBeGreaterThan(0);
  expect(values.get('lb_queue_seconds_count{model="policy"}')).toBe(4 + refused);
  expect(values.get('lb_tokens_total{model="policy",kind="prompt"}')).toBe(20);
  expect(values.get(`lb_replica_state{${of},state="ready"}`)).toBe(1);
  expect(values.get(`lb_weight_version{${of}}`)).toBe(7);
  expect(values.get(`lb_kv_tokens{${of}}`)).toBe(400_000);
  expect(values.get('lb_sessions{model="policy"}')).toBe(1);
  const served = 'model="policy",route="/v1/chat/completions",status="200"';
  expect(values.get(`gateway_request_seconds_count{${served}}`)).toBe(4);

  // Who has left is not shown for ever.
  fleet.setMembers(
    1,
    members.filter(({ id }) => id === "good"),
  );
  await expect.poll(async () => [...(await page()).keys()].filter((key) => key.includes('"bad"'))).toEqual([]);
  expect((await page()).get(`lb_requests_total{${of},outcome="answered"}`)).toBe(4);
});

test("is for those who may see all tenants' load", async () => {
  const keys = (["jobs", "admin"] as const).map((scope) => ({ name: scope, key: scope, tenant: "t", scopes: [scope] }));
  const { send } = await serveMetrics([], { auth: { keys } });
  const as = async (key: string) =>
    (await send({ path: "/metrics", headers: { authorization: `Bearer ${key}` } })).status;
  expect([await as("nobody"), await as("jobs"), await as("admin")]).toEqual([401, 403, 200]);
  expect((await send({ method: "POST", path: "/metrics", body: "{}" })).status).toBe(404);
});
