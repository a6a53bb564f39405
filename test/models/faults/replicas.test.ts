import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { rootContext, withScope } from "../../../src/core/context.ts";
import type { ModelFleetOptions } from "../../../src/models/fleet/index.ts";
import type { Fault } from "../../../src/models/stand-in/faults/fault.ts";
import { closedAfterEach } from "../closed-after-each.ts";
import { openGatewaySession, samplesOf } from "../gateway-session.ts";
import { startReplica } from "../test-replica.ts";
import { openFleetOf, startFleet, turn, until } from "./fleet-of-stand-ins.ts";

const closing = closedAfterEach();
const names = (count: number, prefix = "s") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const SOON: Partial<ModelFleetOptions> = { heartbeat: { suspectMs: 100, deadMs: 300, graceMs: 0 } };

describe("a replica that does not answer", () => {
  it.each<[string, Fault]>([
    ["accepts and never answers", { kind: "never-answer" }],
    ["makes no more steps", { kind: "hang" }],
  ])("because it %s loses its calls to others when its heartbeat is missing", async (_what, fault) => {
    const { ask, engine, stateOf, inFlight } = await startFleet(closing, { fleet: SOON });
    engine(0).replica.faults.add(fault);
    const calls = await Promise.all(names(6).map((name) => ask(name)));
    expect(new Set(calls.map(({ replica }) => replica))).toEqual(new Set(["r1"]));
    expect(stateOf("r0")).not.toBe("ready");
    expect(inFlight()).toBe(0);
  });

  it("costs a call at most the time that it has, and another one nothing", async () => {
    const { ask, engine, inFlight } = await startFleet(closing, { fleet: { timeoutMs: 200, retries: 5 } });
    for (const at of [0, 1]) engine(at).replica.faults.add({ kind: "never-answer", times: 1 });
    await expect(ask("1")).rejects.toMatchObject({ code: "model_timeout", status: 504 });
    const context = withScope(rootContext(), { timeoutMs: 100 }, (ctx) => ask("2", turn("hello"), ctx));
    await expect(context).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(await ask("3")).toMatchObject({ finishReason: "stop" });
    expect(inFlight()).toBe(0);
  });

  it("because it is slow keeps its calls: no answer is made twice", async () => {
    const { ask, engine, begunInAll } = await startFleet(closing, { standIn: { speed: 20 }, fleet: SOON });
    engine(0).replica.faults.add({ kind: "slow", factor: 20 });
    const calls = await Promise.all(names(8).map((name) => ask(name, turn("hello", { max_output_tokens: 40 }))));
    expect(new Set(calls.map(({ replica }) => replica))).toEqual(new Set(["r0", "r1"]));
    expect(begunInAll()).toBe(8);
  });
});

describe("a replica that breaks connections", () => {
  it.each(["before-headers", "after-headers"] as const)("%s loses no call, and none is answered twice", async (at) => {
    const { ask, engine, begun } = await startFleet(closing);
    engine(0).replica.faults.add({ kind: "reset", at });
    const calls = await Promise.all(names(10).map((name) => ask(name)));
    expect(calls.map(({ replica }) => replica)).toEqual(names(10).map(() => "r1"));
    expect(begun[1]).toBe(10);
  });

  it("now and then, up and down, loses no call", async () => {
    const { ask, engine, begunInAll } = await startFleet(closing, { replicas: 3 });
    engine(0).replica.faults.add({ kind: "flapping", up_ms: 150, down_ms: 100 });
    let answered = 0;
    for (let round = 0; round < 10; round++) {
      const calls = await Promise.all(names(6, `${round}.`).map((name) => ask(name)));
      answered += calls.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(answered).toBe(60);
    // What the replica had begun as it went down was made again, and nothing else.
    expect(begunInAll()).toBeGreaterThanOrEqual(60);
    expect(begunInAll()).toBeLessThan(70);
  });

  it("that it had promised to keep gets the call again, by a new one, even where nothing is retried", async () => {
    const replicas = await Promise.all(["r0", "r1"].map((id) => startReplica(id)));
    const carried = new Map<Socket | null, number>();
    let answered = 0;
    for (const replica of replicas) {
      closing(() => replica.endpoint.stop());
      const answer = replica.reply;
      replica.reply = (response, body) => {
        const count = (carried.get(response.socket) ?? 0) + 1;
        carried.set(response.socket, count);
        if (count > 3) response.socket?.destroy();
        else answer(response, body);
        if (count <= 3) answered++;
      };
    }
    const urls = replicas.map(({ endpoint }) => endpoint.url);
    const { ask, ready, stateOf } = openFleetOf(closing, urls, { retries: 0, tokens: false, api: "chat" });
    await ready();
    const homes = new Map<string, Set<string>>();
    for (let round = 0; round < 40; round++)
      for (const name of names(2)) {
        const { replica } = await ask(name);
        homes.set(name, (homes.get(name) ?? new Set()).add(replica ?? ""));
      }
    expect([...homes.values()].map(({ size }) => size)).toEqual([1, 1]);
    expect(answered).toBe(80);
    expect(["r0", "r1"].map(stateOf)).toEqual(["ready", "ready"]);
    const lost = [...carried.values()].filter((count) => count > 3).length;
    expect(lost).toBeGreaterThan(20);
    expect(replicas.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(80 + lost);
  });

  it("in good order after each answer loses no call", async () => {
    const { ask, engine, begunInAll } = await startFleet(closing, { fleet: { retries: 0 } });
    for (const at of [0, 1]) engine(at).replica.faults.add({ kind: "close-idle", after_ms: 0 });
    for (let round = 0; round < 10; round++) await Promise.all(names(5).map((name) => ask(name)));
    expect(begunInAll()).toBe(50);
  });
});

describe("replicas that are shut down", () => {
  it("and answer 500 while they look healthy cost no call, however many of them do", async () => {
    const { ask, engine, begunInAll } = await startFleet(closing, { replicas: 5 });
    for (const at of [0, 1, 2, 3]) engine(at).replica.faults.add({ kind: "draining" });
    const calls = await Promise.all(names(20).map((name) => ask(name)));
    expect(calls.map(({ replica }) => replica)).toEqual(names(20).map(() => "r4"));
    expect(begunInAll()).toBe(20);
  });

  it("and end what runs with 200 and abort lose no call: each is made whole elsewhere", async () => {
    const { fleet, ask, engines, inFlight } = await startFleet(closing, { replicas: 2, standIn: { speed: 1 } });
    const other = await startFleet(closing, { replicas: 1 });
    const asked = names(10).map((name) => ask(name, turn("hello", { max_output_tokens: 40 })));
    await until(() => inFlight() === 10);
    fleet.setMembers(1, [
      ...engines.replicas.map(({ url }, i) => ({ id: `r${i}`, url })),
      { id: "r2", url: other.engine(0).url },
    ]);
    await until(() => fleet.snapshot().replicas.some(({ id, state }) => id === "r2" && state === "ready"));
    await engines.shutdown();
    const calls = await Promise.all(asked);
    expect(calls.map(({ replica }) => replica)).toEqual(names(10).map(() => "r2"));
    expect(calls.map(({ finishReason }) => finishReason)).not.toContain("abort");
    expect(other.begunInAll()).toBe(10);
  });

  it("or full, all of them for a while, are waited for", async () => {
    const { ask, engine } = await startFleet(closing, { replicas: 3, fleet: { random: () => 0 } });
    for (const at of [0, 1, 2]) engine(at).replica.faults.add({ kind: "status", status: 503, times: 1 });
    expect(await ask("1")).toMatchObject({ finishReason: "stop" });
  });
});

describe("a fleet with nobody left", () => {
  it("answers 503 with Retry-After, in a bounded time", async () => {
    const { engines, fleet, inFlight } = await startFleet(closing, { fleet: { queueTimeoutMs: 500 } });
    const { root } = await openGatewaySession(fleet.client, closing);
    await engines.stop();
    await until(() => fleet.snapshot().replicas.every(({ state }) => state === "dead"));
    const started = performance.now();
    const body = JSON.stringify({ model: "policy", messages: [{ role: "user", content: "hello" }] });
    const answer = await fetch(`${root}/v1/chat/completions`, { method: "POST", body });
    expect([answer.status, answer.headers.get("x-should-retry")]).toEqual([503, "true"]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: { code: "model_unavailable", type: "server_error" } });
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(inFlight()).toBe(0);
  });

  it("waits also where nobody has found the replicas dead yet", async () => {
    const { engines, ask } = await startFleet(closing, { fleet: { watchEveryMs: 400, queueTimeoutMs: 500 } });
    await engines.stop();
    await expect(ask("1")).rejects.toMatchObject({ code: "model_unavailable", status: 503 });
  });
});

describe("one request that fails engines", () => {
  it("goes through two of them, and takes none away from the others' calls", async () => {
    const { ask, stateOf, begunInAll } = await startFleet(closing, { replicas: 4 });
    const poison = turn('[[script {"content": "x", "finish": "error"}]]');
    for (let tries = 0; tries < 3; tries++) {
      const [bad, ...good] = await Promise.allSettled([ask("poison", poison), ...names(8).map((name) => ask(name))]);
      expect(bad).toMatchObject({ status: "rejected", reason: { code: "model_server_error" } });
      expect(new Set(good.map(({ status }) => status))).toEqual(new Set(["fulfilled"]));
    }
    expect(begunInAll()).toBe(3 * (2 + 8));
    expect(["r0", "r1", "r2", "r3"].map(stateOf)).toEqual(["ready", "ready", "ready", "ready"]);
  });

  it("and kills their processes goes through three, over connections old and new, and leaves the rest", async () => {
    const replicas = await Promise.all(["r0", "r1", "r2", "r3", "r4"].map((id) => startReplica(id)));
    const ended = new Map<string, Promise<void>>();
    for (const { id, endpoint } of replicas) closing(() => ended.get(id) ?? endpoint.stop());
    for (const replica of replicas) {
      const answer = replica.reply;
      replica.reply = (response, body) => {
        if (body.includes("poison")) ended.set(replica.id, replica.endpoint.stop());
        else answer(response, body);
      };
    }
    const urls = replicas.map(({ endpoint }) => endpoint.url);
    const { ask, ready } = openFleetOf(closing, urls, { tokens: false, api: "chat" });
    await ready();
    await Promise.all(names(10).map((name) => ask(name)));
    await expect(ask("s0", turn("poison"))).rejects.toMatchObject({ code: "model_unreachable" });
    expect(ended.size).toBe(3);
    const left = await Promise.all(names(10).map((name) => ask(name)));
    expect(new Set(left.map(({ replica }) => replica)).size).toBe(2);
  });
});

describe("a caller that goes", () => {
  it("has its generation aborted at the engine, and its room given back", async () => {
    const { fleet, engine, inFlight, begunInAll } = await startFleet(closing, { replicas: 1, standIn: { speed: 1 } });
    const { openai, session } = await openGatewaySession(fleet.client, closing);
    const controller = new AbortController();
    const call = openai.chat.completions.create(
      { model: "policy", messages: [{ role: "user", content: "hello" }], max_tokens: 4_000 },
      { signal: controller.signal },
    );
    const ended = expect(call).rejects.toThrow();
    const counters = () => engine(0).replica.driver.engine.counters;
    await until(() => counters().running === 1);
    controller.abort();
    await ended;
    await until(() => counters().running === 0 && inFlight() === 0);
    expect([begunInAll(), counters().aborted, samplesOf(session).length]).toEqual([1, 1, 0]);
  });

  it("while it waits for a replica leaves the queue", async () => {
    const { engines, fleet, ask, ready } = await startFleet(closing, { replicas: 1 });
    await ready();
    fleet.drain("r0");
    const gone = expect(
      withScope(rootContext(), { timeoutMs: 50 }, (ctx) => ask("1", turn("hello"), ctx)),
    ).rejects.toMatchObject({ code: "deadline_exceeded" });
    await until(() => fleet.snapshot().waiting === 1);
    await gone;
    expect(fleet.snapshot().waiting).toBe(0);
    expect(engines.replicas).toHaveLength(1);
  });
});

it("the members of a fleet may all be unreachable from the start", async () => {
  const { ask } = openFleetOf(closing, ["http://127.0.0.1:9"], { queueTimeoutMs: 200 });
  await expect(ask("1")).rejects.toMatchObject({ code: "model_unavailable" });
});
