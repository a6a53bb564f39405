import { afterEach, describe, expect, it } from "vitest";
import { type CallContext, rootContext, withScope } from "../../src/core/context.ts";
import { openFleet, type ModelFleet, type ModelFleetOptions } from "../../src/models/fleet/index.ts";
import type { ModelCall } from "../../src/models/port.ts";
import { startStandIn } from "../../src/models/index.ts";
import { manualClock } from "./clocks.ts";
import { completionWith, sendJson } from "./scripted-endpoint.ts";
import { fails, type Reply, says, startReplica, type TestReplica } from "./test-replica.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop();
});

async function replicaOf(...args: Parameters<typeof startReplica>): Promise<TestReplica> {
  const replica = await startReplica(...args);
  open.push(replica.endpoint);
  return replica;
}

function fleetOf(replicas: readonly TestReplica[], options: Partial<ModelFleetOptions> = {}): ModelFleet {
  const members = replicas.map(({ id, endpoint }) => ({ id, url: endpoint.url }));
  const fleet = openFleet({ name: "policy", model: "m", api: "chat", members, watchEveryMs: 20, ...options });
  open.push({ stop: () => fleet.close() });
  return fleet;
}

const request = { params: new Map<string, string>(), input: [JSON.stringify({ role: "user", content: "hello" })] };
const respond = (fleet: ModelFleet, session?: string, ctx: CallContext = rootContext()): Promise<ModelCall> =>
  fleet.client.respond(
    ctx,
    request,
    session === undefined ? undefined : { caller: { session, group: null }, number: 1, prefix: null },
  );
const within = <T>(ms: number, work: (ctx: CallContext) => Promise<T>) =>
  withScope(rootContext(), { timeoutMs: ms }, work);
const stateOf = (fleet: ModelFleet, id: string) => fleet.snapshot().replicas.find((one) => one.id === id)?.state;

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 400) throw new Error("it did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("a fleet", () => {
  it("keeps a session at its replica, spreads sessions, and says who answered", async () => {
    const replicas = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    const fleet = fleetOf(replicas);
    const homes = new Map<string, Set<string | null | undefined>>();
    for (let turn = 0; turn < 3; turn++)
      for (const session of ["1", "2", "3", "4"]) {
        const { replica, answer } = await respond(fleet, session);
        homes.set(session, (homes.get(session) ?? new Set()).add(replica));
        expect(JSON.stringify(answer.output)).toContain(`"text":"${replica ?? ""}"`);
      }
    expect([...homes.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(replicas.map(({ calls }) => calls.length)).toEqual([6, 6]);
    fleet.client.finish?.("1");
    expect(fleet.snapshot().sessions).toBe(3);
  });

  it("asks another replica at once where a connection is refused, and finds the dead one out", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    if (!a || !b) throw new Error("two were started");
    const fleet = fleetOf([a, b]);
    await Promise.all(["1", "2", "3", "4"].map((session) => respond(fleet, session)));
    await a.endpoint.stop();
    const calls = await Promise.all(["1", "2", "3", "4"].map((session) => respond(fleet, session)));
    expect(calls.map(({ replica }) => replica)).toEqual(["b", "b", "b", "b"]);
    await until(() => stateOf(fleet, "a") === "dead");
  });

  it.each<[string, Reply]>([
    ["resets the connection before it answers", (response) => response.socket?.destroy()],
    [
      "resets it in the middle of the answer",
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"id": "chat', () => response.socket?.destroy());
      },
    ],
    ["answers 500", fails(500)],
    ["answers 503", fails(503)],
    ["answers 429", fails(429)],
    ["says that it does not know the model", fails(404)],
    ["answers something that is no JSON", (response) => response.end("<html>")],
    [
      "aborts the generation",
      (response) =>
        sendJson(response, 200, {
          ...completionWith("half"),
          choices: [{ index: 0, message: { role: "assistant", content: "half" }, finish_reason: "abort" }],
        }),
    ],
  ])("asks elsewhere when a replica %s", async (_what, reply) => {
    const bad = await replicaOf("bad", reply);
    const good = await replicaOf("good");
    const fleet = fleetOf([bad, good], { policy: "round_robin" });
    await until(() => stateOf(fleet, "bad") === "ready" && stateOf(fleet, "good") === "ready");
    const calls = await within(10_000, (ctx) => Promise.all([respond(fleet, "1", ctx), respond(fleet, "2", ctx)]));
    expect(calls.map(({ replica }) => replica)).toEqual(["good", "good"]);
    expect(bad.calls.length).toBeGreaterThan(0);
  });

  it("asks the same replica again where the policy has only one for a session", async () => {
    const replicas = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    const fleet = fleetOf(replicas, { policy: "hash_mod" });
    await until(() => ["a", "b"].every((id) => stateOf(fleet, id) === "ready"));
    const { replica: owner } = await within(10_000, (ctx) => respond(fleet, "1", ctx));
    const own = replicas.find(({ id }) => id === owner);
    if (!own) throw new Error("it was answered by one of them");
    const { reply } = own;
    own.reply = (response, body) => {
      own.reply = reply;
      fails(503)(response, body);
    };
    expect(await within(10_000, (ctx) => respond(fleet, "1", ctx))).toMatchObject({ replica: owner });
  });

  it("lets no request that fails engines go through the whole fleet", async () => {
    const replicas = await Promise.all(["a", "b", "c", "d"].map((id) => replicaOf(id, fails(500))));
    const fleet = fleetOf(replicas, { retries: 10 });
    await until(() => ["a", "b", "c", "d"].every((id) => stateOf(fleet, id) === "ready"));
    await expect(respond(fleet, "poison")).rejects.toMatchObject({ code: "model_server_error" });
    expect(replicas.flatMap(({ calls }) => calls)).toHaveLength(2);
  });

  it("asks nobody else what was refused", async () => {
    const replicas = await Promise.all(["a", "b"].map((id) => replicaOf(id, fails(400))));
    const fleet = fleetOf(replicas);
    await expect(respond(fleet, "1")).rejects.toMatchObject({ code: "model_rejected" });
    expect(replicas.flatMap(({ calls }) => calls)).toHaveLength(1);
  });

  it("waits for a replica within bounds, and says that none was ready", async () => {
    const down = await replicaOf("down");
    down.health = 503;
    const fleet = fleetOf([down], { queueTimeoutMs: 300 });
    await expect(respond(fleet, "1")).rejects.toMatchObject({ code: "model_unavailable", status: 503 });
    const late = fleetOf([down], { queueTimeoutMs: 10_000 });
    const answer = respond(late, "1");
    down.health = 200;
    expect(await answer).toMatchObject({ replica: "down" });
  });

  it("gives a replica that serves another model nothing", async () => {
    const liar = await replicaOf("liar", says("liar"), "other");
    const good = await replicaOf("good");
    const fleet = fleetOf([liar, good]);
    const calls = await Promise.all(["1", "2", "3"].map((session) => respond(fleet, session)));
    expect(calls.map(({ replica }) => replica)).toEqual(["good", "good", "good"]);
    expect(stateOf(fleet, "liar")).toBe("starting");
  });

  it("takes a call away from a replica that is found dead, and makes it elsewhere", async () => {
    const hangs = await replicaOf("hangs", () => undefined);
    const good = await replicaOf("good");
    const fleet = fleetOf([hangs, good], { policy: "round_robin" });
    await until(() => stateOf(fleet, "hangs") === "ready" && stateOf(fleet, "good") === "ready");
    const calls = Promise.all([respond(fleet, "1"), respond(fleet, "2")]);
    await until(() => hangs.calls.length > 0);
    hangs.health = 500;
    expect((await calls).map(({ replica }) => replica)).toEqual(["good", "good"]);
    expect(stateOf(fleet, "hangs")).toBe("dead");
  });

  it("ends a call on the replica at once when its caller goes", async () => {
    let closed = 0;
    const slow = await replicaOf("slow", (response) => response.on("close", () => closed++));
    const fleet = fleetOf([slow]);
    await expect(within(300, (ctx) => respond(fleet, "1", ctx))).rejects.toMatchObject({ code: "deadline_exceeded" });
    await until(() => closed === 1);
    expect(fleet.snapshot().replicas[0]?.inFlight).toBe(0);
  });

  it("drains a replica: its sessions move, and nothing new comes", async () => {
    const replicas = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    const fleet = fleetOf(replicas);
    await Promise.all(["1", "2", "3", "4"].map((session) => respond(fleet, session)));
    fleet.drain("a");
    const calls = await Promise.all(["1", "2", "3", "4"].map((session) => respond(fleet, session)));
    expect(calls.map(({ replica }) => replica)).toEqual(["b", "b", "b", "b"]);
    expect(() => fleet.drain("nobody")).toThrow(/nobody/);
  });

  it("gives an engine as many tokens as its own KV cache holds, unless its operator says otherwise", async () => {
    const small = await replicaOf("small", () => undefined);
    const told = await replicaOf("told");
    for (const replica of [small, told])
      replica.metrics =
        'vllm:cache_config_info{block_size="16",num_gpu_blocks="250"} 1\n' +
        'vllm:cache_config_info{block_size="16",num_gpu_blocks="250"} 1\n';
    const fleet = fleetOf([], {
      members: [small, told].map(({ id, endpoint }) => ({
        id,
        url: endpoint.url,
        ...(id === "told" ? { kvTokens: 5_000 } : {}),
      })),
    });
    const sizes = () => fleet.snapshot().replicas.map(({ kvTokens }) => kvTokens);
    await until(() => String(sizes()) === "8000,5000");
    fleet.drain("told");
    // Two prompts of about 5,000 tokens do not fit into it at once.
    const input = [JSON.stringify({ role: "user", content: "x".repeat(20_000) })];
    const ask = (session: string) =>
      fleet.client.respond(
        rootContext(),
        { ...request, input },
        { caller: { session, group: null }, number: 1, prefix: null },
      );
    const calls = Promise.allSettled([ask("1"), ask("2")]);
    await until(() => small.calls.length === 1 && fleet.snapshot().waiting === 1);
    await fleet.close();
    await calls;
  });

  it("takes its membership as a whole, refuses an older one, and lets who is left out finish", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    if (!a || !b) throw new Error("two were started");
    const fleet = fleetOf([a]);
    let finish: () => void = () => undefined;
    a.reply = (response, body) => (finish = () => says("a")(response, body));
    const last = respond(fleet, "1");
    await until(() => a.calls.length === 1);
    fleet.setMembers(2, [{ id: "b", url: b.endpoint.url }]);
    expect(() => fleet.setMembers(1, [])).toThrow(/older/);
    expect(await respond(fleet, "2")).toMatchObject({ replica: "b" });
    finish();
    expect(await last).toMatchObject({ replica: "a" });
    await until(() => fleet.snapshot().replicas.length === 1);
  });
});

it("a fleet that cannot be opened leaves nothing behind", () => {
  const clock = manualClock();
  const members = ["a", "a"].map((id) => ({ id, url: "http://127.0.0.1:1" }));
  expect(() => openFleet({ name: "policy", model: "m", members, clock })).toThrow(/replicas\[1\].id/);
  expect(clock.pending()).toEqual([]);
});

describe("a weight update", () => {
  it("holds new calls, loses none, and stamps each with its weights", async () => {
    const replicas = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    const fleet = fleetOf(replicas);
    expect(await respond(fleet, "1")).toMatchObject({ weightVersion: null });
    expect(await fleet.updates.pause(rootContext(), "wait")).toEqual([
      { replica: "a", problem: null },
      { replica: "b", problem: null },
    ]);
    const waiting = Promise.all(["1", "2", "3"].map((session) => respond(fleet, session)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(replicas.flatMap(({ calls }) => calls)).toHaveLength(1);
    await fleet.updates.resume(rootContext(), { weightVersion: "step-7" });
    expect((await waiting).map(({ weightVersion }) => weightVersion)).toEqual(["step-7", "step-7", "step-7"]);
    expect(replicas.map(({ orders }) => orders)).toEqual([
      ["/pause?mode=wait&clear_cache=true", "/resume"],
      ["/pause?mode=wait&clear_cache=true", "/resume"],
    ]);
  });

  it.each(["wait", "keep", "abort"] as const)("leaves no prefix that old weights have computed (%s)", async (mode) => {
    const engines = await startStandIn({ model: "m", replicas: 1, speed: Infinity });
    open.push(engines);
    const fleet = fleetOf([], { members: engines.replicas.map(({ url }) => ({ id: "a", url })) });
    const long = [JSON.stringify({ role: "user", content: "hello ".repeat(500) })];
    const cached = async () => {
      const { usage } = await fleet.client.respond(rootContext(), { ...request, input: long });
      return usage?.["input_tokens_details"];
    };
    await cached();
    expect(await cached()).not.toMatchObject({ cached_tokens: 0 });
    await fleet.updates.pause(rootContext(), mode);
    await fleet.updates.resume(rootContext(), { weightVersion: "2" });
    expect(await cached()).toMatchObject({ cached_tokens: 0 });
  });

  it("makes a call again that the pause has aborted, once, with the new weights", async () => {
    const replica = await replicaOf("a");
    const fleet = fleetOf([replica], { retries: 0 });
    const aborted = { ...completionWith("half"), choices: [{ index: 0, message: {}, finish_reason: "abort" }] };
    let abort: () => void = () => undefined;
    replica.reply = (response) => (abort = () => sendJson(response, 200, aborted));
    const call = respond(fleet, "1");
    await until(() => replica.calls.length === 1);
    await fleet.updates.pause(rootContext(), "abort");
    abort();
    replica.reply = says("whole");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(replica.calls).toHaveLength(1);
    await fleet.updates.resume(rootContext(), { weightVersion: "2" });
    expect(await call).toMatchObject({ weightVersion: "2", answer: { status: "completed" } });
    expect(replica.calls).toHaveLength(2);
  });

  it.each([
    { says: "its final version", body: { weight_version: "2" }, before: "1", after: "2" },
    { says: "its final version, and nobody else any", body: { metadata: { weight_version: "2" } } },
    { says: "none", body: {}, before: "1", after: "2" },
  ])("names both versions of a call under which weights changed: the engine says $says", async (update) => {
    const { body, before, after } = update;
    const replica = await replicaOf("a");
    const fleet = fleetOf([replica]);
    await fleet.updates.resume(rootContext(), { weightVersion: before });
    let answer: () => void = () => undefined;
    replica.reply = (response) => (answer = () => sendJson(response, 200, { ...completionWith("mixed"), ...body }));
    const call = respond(fleet, "1");
    await until(() => replica.calls.length === 1);
    await fleet.updates.pause(rootContext(), "keep");
    await fleet.updates.resume(rootContext(), { weightVersion: after });
    answer();
    const span = { version: null, between: [before ?? null, "2"], start: 0 };
    expect(await call).toMatchObject({ weightVersion: "2", weightVersions: [span] });
    // No update fell into the next one.
    const next = respond(fleet, "1");
    await until(() => replica.calls.length === 2);
    answer();
    expect(await next).toMatchObject({ weightVersion: "2" });
    expect((await next).weightVersions).toBeUndefined();
  });

  it("lets a replica that joins meanwhile wait with the others, and knows the replicas that it is told of", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    if (!a || !b) throw new Error("two were started");
    const fleet = fleetOf([a]);
    await fleet.updates.pause(rootContext(), "keep");
    fleet.setMembers(
      1,
      [a, b].map(({ id, endpoint }) => ({ id, url: endpoint.url })),
    );
    const call = respond(fleet, "1");
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([...a.calls, ...b.calls]).toEqual([]);
    const wrong = fleet.updates.resume(rootContext(), { weightVersion: "2", failed: ["a", "c"] });
    await expect(wrong).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("failed[1]") as string,
    });
    await fleet.updates.resume(rootContext(), { weightVersion: "2" });
    expect(await call).toMatchObject({ weightVersion: "2" });
  });

  it("waits for a replica that hangs no longer than it may, and gives it no version that it does not have", async () => {
    const [a, hangs] = await Promise.all(["a", "hangs"].map((id) => replicaOf(id)));
    if (!a || !hangs) throw new Error("two were started");
    const fleet = fleetOf([a, hangs], { pauseTimeoutMs: 200 });
    await until(() => stateOf(fleet, "a") === "ready" && stateOf(fleet, "hangs") === "ready");
    const follow = hangs.follow;
    let weights = "1";
    hangs.follow = (response, path, headers) => {
      if (path === "/weight_info") sendJson(response, 200, { weight_version: weights });
      else if (path === "/resume") follow(response, path, headers);
    };
    const pauseAndResume = async (weightVersion: string) => {
      const paused = await within(5_000, (ctx) => fleet.updates.pause(ctx, "keep"));
      expect(paused.map(({ replica, problem }) => [replica, problem === null])).toEqual([
        ["a", true],
        ["hangs", false],
      ]);
      return fleet.updates.resume(rootContext(), { weightVersion });
    };
    const versions = () => fleet.snapshot().replicas.map(({ state, weightVersion }) => [state, weightVersion]);

    const resumed = await pauseAndResume("2");
    expect(resumed[1]?.problem).toContain("it did not pause, and its engine has 1");
    expect(versions()).toEqual([
      ["ready", "2"],
      ["stale", null],
    ]);
    // It was updated all the same, and says so.
    weights = "3";
    expect((await pauseAndResume("3")).map(({ problem }) => problem)).toEqual([null, null]);
    expect(versions()).toEqual([
      ["ready", "3"],
      ["ready", "3"],
    ]);
  });

  it("hardly waits for a replica that is known to be dead", async () => {
    const dead = await replicaOf("dead");
    dead.follow = () => undefined;
    const fleet = fleetOf([dead]);
    await until(() => stateOf(fleet, "dead") === "ready");
    dead.health = 500;
    await until(() => stateOf(fleet, "dead") === "dead");
    const paused = await within(4_000, (ctx) => fleet.updates.pause(ctx, "wait"));
    expect(paused[0]?.problem).toContain("for 2 s");
  });

  it("takes no engine that was started anew for updated", async () => {
    const [updated, plain] = await Promise.all(["updated", "plain"].map((id) => replicaOf(id)));
    if (!updated || !plain) throw new Error("two were started");
    const [fleet, other] = [fleetOf([updated]), fleetOf([plain])];
    await fleet.updates.resume(rootContext(), { weightVersion: "7" });
    await until(() => stateOf(fleet, "updated") === "ready" && stateOf(other, "plain") === "ready");
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const replica of [updated, plain]) {
      let steps = 0;
      replica.steps = () => steps++;
    }
    await until(() => stateOf(fleet, "updated") === "stale");
    // Nobody ever named a version of the other.
    expect(stateOf(other, "plain")).toBe("ready");
    await fleet.updates.resume(rootContext(), { weightVersion: "8" });
    expect(stateOf(fleet, "updated")).toBe("ready");
  });

  it("ends pauses that nobody waits for any more", async () => {
    const slow = await replicaOf("slow");
    const follow = slow.follow;
    let closed = false;
    slow.follow = (response, path, headers) => {
      if (path.startsWith("/pause")) response.on("close", () => (closed = true));
      else follow(response, path, headers);
    };
    const fleet = fleetOf([slow]);
    const pausing = fleet.updates.pause(rootContext(), "wait");
    await until(() => slow.orders.length === 1);
    await fleet.updates.resume(rootContext(), {});
    expect((await pausing)[0]?.problem).toContain("the weight update has ended");
    await until(() => closed);
  });

  it("says why a replica does not follow, and keeps the key to itself", async () => {
    const replica = await replicaOf("a");
    replica.follow = (response, _path, { authorization }) => response.writeHead(500).end(`no: ${authorization}`);
    const fleet = fleetOf([replica], { apiKey: "secret" });
    const [paused] = await fleet.updates.pause(rootContext(), "keep");
    expect(paused?.problem).toContain("answers 500: no: Bearer [API key]");
    const [resumed] = await fleet.updates.resume(rootContext(), {});
    expect(resumed?.problem).not.toContain("secret");
  });

  it("keeps training away from a replica that has failed it, until the next one", async () => {
    const replicas = await Promise.all(["a", "b"].map((id) => replicaOf(id)));
    const fleet = fleetOf(replicas);
    await fleet.updates.pause(rootContext(), "keep");
    await fleet.updates.resume(rootContext(), { weightVersion: "2", failed: ["a"] });
    const calls = await Promise.all(["1", "2", "3", "4"].map((session) => respond(fleet, session)));
    expect(calls.map(({ replica }) => replica)).toEqual(["b", "b", "b", "b"]);
    expect(stateOf(fleet, "a")).toBe("stale");
    await fleet.updates.pause(rootContext(), "keep");
    await fleet.updates.resume(rootContext(), { weightVersion: "3" });
    expect(stateOf(fleet, "a")).toBe("ready");
  });
});
