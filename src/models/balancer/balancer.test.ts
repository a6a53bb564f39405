import { describe, expect, it } from "vitest";
import { manualClock } from "../../../test/models/clocks.ts";
import { Balancer } from "./balancer.ts";
import type { CallFacts, Refusal } from "./call.ts";
import type { Lease } from "./lease.ts";
import type { BalancerOptions, MemberSpec } from "./options.ts";
import { createPolicy, type PolicyName } from "./policies/index.ts";
import { Ticket } from "./ticket.ts";

const ids = (count: number) => Array.from({ length: count }, (_, i) => `r${i}`);

function fleetOf(
  members: readonly (string | MemberSpec)[],
  { policy = "sticky_least_cost", ...options }: Partial<Omit<BalancerOptions, "policy">> & { policy?: PolicyName } = {},
) {
  const clock = manualClock();
  const balancer = new Balancer({ clock, policy: createPolicy(policy, () => 0.5), ...options });
  const specs = members.map((member) => (typeof member === "string" ? { id: member } : member));
  const probe = (id: string, ...results: boolean[]) => {
    for (const isGood of results) balancer.probed(id, isGood ? "good" : "bad");
  };
  balancer.setMembers({ generation: 1, members: specs });
  for (const { id } of specs) probe(id, true, true);
  // So that nobody is new any more.
  clock.advance(31_000);
  const facts = (session: string | undefined, more: Partial<CallFacts> = {}): CallFacts => ({
    ...(session === undefined ? {} : { session }),
    size: { tokens: 1_000 },
    deadline: clock.monotonic() + 10_000,
    ...more,
  });
  const lease = (session: string | undefined, more?: Partial<CallFacts>): Lease => {
    const answer = balancer.acquire(facts(session, more));
    if (answer.kind !== "lease") throw new Error(`a ${answer.kind} instead of a lease`);
    return answer;
  };
  const ticket = (session: string | undefined, more?: Partial<CallFacts>) => {
    const answer = balancer.acquire(facts(session, more));
    if (answer.kind !== "ticket") throw new Error(`a ${answer.kind} instead of a ticket`);
    return answer;
  };
  const state = (id: string) => balancer.snapshot().replicas.find((replica) => replica.id === id)?.state;
  const loads = () => balancer.snapshot().replicas.map(({ inFlight }) => inFlight);
  return { balancer, clock, probe, facts, lease, ticket, state, loads };
}

const usage = (promptTokens: number, completionTokens = 100) => ({ promptTokens, completionTokens });

describe("Balancer", () => {
  it("keeps a session where it is", () => {
    const { lease } = fleetOf(ids(4));
    const first = lease("a");
    first.release(usage(1_000));
    for (let turn = 0; turn < 5; turn++) {
      const next = lease("a", { continued: true });
      expect([next.replica, next.reason]).toEqual([first.replica, "home"]);
      next.release(usage(1_000 * turn));
    }
    expect(first.reason).toBe("new");
  });

  it("brings siblings together, and groups apart", () => {
    const { lease } = fleetOf(ids(4));
    for (let i = 0; i < 16; i++) lease(`s${i}`);
    const homes = ["g0", "g1", "g2", "g3"].map((group) =>
      [0, 1, 2].map((i) => lease(`${group}.${i}`, { group, size: { tokens: 3_000 } }).replica),
    );
    for (const siblings of homes) expect(new Set(siblings).size).toBe(1);
    expect(new Set(homes.flat()).size).toBe(4);
  });

  it("counts a group's prompt once, corrects it by the engine's count, and gives everything back", () => {
    const { lease, balancer } = fleetOf(["r0"]);
    const [a, b] = ["a", "b"].map((session) => lease(session, { group: "g", size: { tokens: 3_000 } }));
    const resident = () => balancer.snapshot().replicas[0]?.residentTokens;
    expect(resident()).toBe(3_000);
    a?.release(usage(4_000, 500));
    expect(resident()).toBe(4_500);
    b?.release(usage(4_000, 100));
    expect(resident()).toBe(4_600);
    balancer.finish("a");
    expect(resident()).toBe(4_100);
    balancer.finish("b");
    expect(balancer.snapshot().replicas[0]).toMatchObject({
      residentTokens: 0,
      activeTokens: 0,
      inFlight: 0,
      sessions: 0,
    });
  });

  it("lets a lease end once, whatever is called afterwards", () => {
    const { lease, loads } = fleetOf(["r0"]);
    const [one] = [lease("a"), lease("b")];
    one.release(usage(10));
    one.release(usage(10));
    one.fail("server_error");
    expect(loads()).toEqual([1]);
  });

  it("moves a session from a home that is much busier than the others, at its next turn", () => {
    const { lease, balancer } = fleetOf(ids(2));
    balancer.drain("r1");
    for (const session of ["a", "b", "c", "d"]) lease(session).release(usage(1_000, 100_000));
    balancer.drain("r1", false);
    const next = lease("a", { continued: true });
    expect([next.replica, next.reason]).toEqual(["r1", "escape"]);
    expect(lease("a", { continued: true }).reason).toBe("home");
  });

  it("gives a slow replica fewer new sessions", () => {
    const { lease, clock, balancer } = fleetOf(ids(2));
    // Both learn their pace; r0 takes four times as long for a token.
    for (let i = 0; i < 12; i++) {
      const pair = [lease(`p${i}a`), lease(`p${i}b`)];
      const on = (id: string) => pair.find(({ replica }) => replica === id);
      clock.advance(1_000);
      on("r1")?.release(usage(1_000, 100));
      clock.advance(3_000);
      on("r0")?.release(usage(1_000, 100));
      for (const name of [`p${i}a`, `p${i}b`]) balancer.finish(name);
    }
    const homes = Array.from({ length: 40 }, (_, i) => lease(`n${i}`).replica);
    expect(homes.filter((id) => id === "r0").length).toBeLessThan(16);
  });

  it("waits for a home in a pause, and goes on with what the engine has then", () => {
    const { lease, ticket, balancer } = fleetOf(ids(2));
    const first = lease("a");
    balancer.resume(first.replica, { weightVersion: "1" });
    first.release(usage(1_000));
    const second = lease("a", { continued: true });
    expect(second.weightVersion).toBe("1");
    balancer.pause(first.replica);
    const waiting = ticket("a", { continued: true });
    balancer.resume(first.replica, { weightVersion: "2" });
    expect(waiting.result).toMatchObject({ kind: "lease", replica: first.replica, reason: "home", weightVersion: "2" });
    expect(second.release(usage(1_000))).toBe("2");
  });

  it("sends no training rollout to a replica that missed an update", () => {
    const { lease, ticket, balancer } = fleetOf(["r0"]);
    balancer.pause("r0");
    balancer.resume("r0", { isStale: true });
    const training = ticket("a");
    expect(lease("judge", { trainable: false, flow: "evaluation" }).replica).toBe("r0");
    balancer.resume("r0");
    expect(training.result?.kind).toBe("lease");
  });

  it("gives a draining replica no new session, and moves its sessions as they come", () => {
    const { lease, balancer } = fleetOf(ids(2));
    const first = lease("a");
    balancer.drain(first.replica);
    first.release(usage(1_000));
    for (let i = 0; i < 10; i++) expect(lease(`n${i}`).replica).not.toBe(first.replica);
    const next = lease("a", { continued: true });
    expect([next.reason, next.replica === first.replica]).toEqual(["rebind", false]);
    balancer.drain(first.replica, false);
    expect(Array.from({ length: 10 }, (_, i) => lease(`m${i}`).replica)).toContain(first.replica);
  });

  it("takes calls away from a replica that dies, and settles its sessions elsewhere", () => {
    const { lease, probe } = fleetOf(ids(2));
    const first = lease("a");
    let revocations = 0;
    first.onRevoked(() => revocations++);
    probe(first.replica, false, false, false, false);
    expect([first.isRevoked, revocations]).toEqual([true, 1]);
    first.fail("server_error");
    const next = lease("a");
    expect([next.reason, next.replica === first.replica]).toEqual(["rebind", false]);
  });

  it("settles sessions that are older than itself by a ring that all gateways share", () => {
    const one = fleetOf(ids(4));
    const other = fleetOf(ids(4));
    other.lease("something").release(null);
    for (let i = 0; i < 10; i++) {
      const [a, b] = [one, other].map(({ lease }) => lease(`s${i}`, { continued: true }));
      expect(a?.reason).toBe("fallback");
      expect(a?.replica).toBe(b?.replica);
      a?.release(null);
      b?.release(null);
    }
  });

  it("places calls without a session by their prefix", () => {
    const { lease } = fleetOf(ids(4));
    const chain = (length: number, salt: number) => ({
      hashes: Array.from({ length }, (_, i) => salt * 1_000 + i),
      blockTokens: 1_000,
    });
    const call = (length: number, salt: number) =>
      lease(undefined, { prefix: chain(length, salt), size: { tokens: length * 1_000 } });
    for (let salt = 1; salt <= 8; salt++) {
      const first = call(4, salt);
      first.release(usage(4_000));
      expect(call(6, salt).replica).toBe(first.replica);
    }
  });

  it("avoids replicas that the call failed on, unless there is no other", () => {
    const { lease, balancer } = fleetOf(ids(2));
    for (let i = 0; i < 4; i++) expect(lease(`s${i}`, { avoid: ["r0"] }).replica).toBe("r1");
    balancer.drain("r1");
    expect(lease("x", { avoid: ["r0"] }).replica).toBe("r0");
  });

  it("does not believe calls that make most replicas look bad", () => {
    const { lease, state } = fleetOf(ids(4));
    const fail = (id: string) => {
      for (let i = 0; i < 2; i++) {
        const one = lease(`f${id}${i}`, { avoid: ids(4).filter((other) => other !== id) });
        expect(one.replica).toBe(id);
        one.fail("connect_failed");
      }
    };
    fail("r0");
    fail("r1");
    expect([state("r0"), state("r1")]).toEqual(["suspect", "suspect"]);
    expect(Array.from({ length: 20 }, (_, i) => lease(`n${i}`).replica)).not.toContain("r0");
    fail("r2");
    expect(Array.from({ length: 40 }, (_, i) => lease(`m${i}`).replica)).toEqual(
      expect.arrayContaining(["r0", "r1", "r2"]),
    );
  });

  it("never sends to what probes found dead, even if it is all there is", () => {
    const { ticket, probe } = fleetOf(ids(2));
    for (const id of ids(2)) probe(id, false, false, false);
    expect(ticket("a").result).toBeNull();
  });

  it("tries a suspect with one call when its time has come", () => {
    const { lease, clock, state, loads } = fleetOf(ids(3));
    const first = lease("a");
    first.fail("connect_failed");
    lease("a").fail("connect_failed");
    expect(state(first.replica)).toBe("suspect");
    clock.advance(5_000);
    const sessions = Array.from({ length: 12 }, (_, i) => lease(`n${i}`));
    const trials = sessions.filter(({ replica }) => replica === first.replica);
    expect(trials.length).toBe(1);
    trials[0]?.release(usage(1_000));
    expect(state(first.replica)).toBe("ready");
    expect(loads().every((inFlight) => inFlight >= 0)).toBe(true);
  });

  it("lets a replica that joins take homes slowly", () => {
    const { lease, balancer, probe, clock } = fleetOf(ids(3));
    for (let i = 0; i < 30; i++) lease(`s${i}`).release(usage(1_000, 5_000));
    balancer.setMembers({ generation: 2, members: ids(4).map((id) => ({ id })) });
    probe("r3", true, true);
    const early = Array.from({ length: 20 }, (_, i) => lease(`e${i}`).replica).filter((id) => id === "r3");
    expect(early.length).toBeGreaterThan(2);
    expect(early.length).toBeLessThanOrEqual(11);
    clock.advance(30_000);
    const late = Array.from({ length: 10 }, (_, i) => lease(`l${i}`).replica).filter((id) => id === "r3");
    expect(late.length).toBeGreaterThanOrEqual(8);
  });
});

describe("Balancer's membership", () => {
  it("is replaced as a whole: twice the same is once, an older one is refused, nonsense is refused by field", () => {
    const { balancer } = fleetOf(ids(2));
    const members = ids(3).map((id) => ({ id }));
    balancer.setMembers({ generation: 5, members });
    balancer.setMembers({ generation: 5, members: [] });
    expect(balancer.snapshot()).toMatchObject({ generation: 5, replicas: [{ id: "r0" }, { id: "r1" }, { id: "r2" }] });
    expect(() => balancer.setMembers({ generation: 4, members })).toThrow(/generation: is older than 5/);
    expect(() => balancer.setMembers({ generation: 6, members: [{ id: "a" }, { id: "a", kvTokens: 0 }] })).toThrow(
      /replicas\[1\]\.id: is there twice; replicas\[1\]\.kv_tokens/,
    );
    expect(balancer.snapshot().generation).toBe(5);
  });

  it("lets who leaves finish, and keeps who comes back in time", () => {
    const { balancer, lease, state } = fleetOf(ids(2));
    const leases = Array.from({ length: 8 }, (_, i) => lease(`s${i}`));
    balancer.setMembers({ generation: 2, members: [{ id: "r1" }] });
    expect(state("r0")).toBe("draining");
    balancer.setMembers({ generation: 3, members: ids(2).map((id) => ({ id })) });
    expect(state("r0")).toBe("ready");
    balancer.setMembers({ generation: 4, members: [{ id: "r1" }] });
    for (const one of leases) one.release(null);
    expect(balancer.snapshot().replicas.map(({ id }) => id)).toEqual(["r1"]);
    balancer.setMembers({ generation: 5, members: ids(2).map((id) => ({ id })) });
    expect(state("r0")).toBe("starting");
  });
});

describe("Balancer's queue", () => {
  const small = () => fleetOf([{ id: "r0", maxInFlight: 1 }]);

  it("gives room in order of priority, turns of running sessions first, then fairly by flow", () => {
    const { lease, ticket } = small();
    const running = lease("old");
    const order: string[] = [];
    const wait = (session: string, more: Partial<CallFacts>) =>
      ticket(session, more).onSettled((result) => {
        order.push(session);
        if (result.kind === "lease") result.release(usage(1_000));
      });
    wait("a1", { flow: "a" });
    wait("a2", { flow: "a" });
    wait("b1", { flow: "b" });
    wait("old", { flow: "b", continued: true });
    wait("urgent", { flow: "a", priority: 1 });
    running.release(usage(1_000));
    expect(order.slice(0, 2)).toEqual(["urgent", "old"]);
    expect(order.indexOf("b1")).toBeLessThan(order.indexOf("a2"));
    expect(order.length).toBe(5);
  });

  it("lets nobody who comes later take the room that somebody waits for", () => {
    const { lease, ticket } = fleetOf([{ id: "r0", kvTokens: 10_000 }]);
    const first = lease("a", { size: { tokens: 5_000 } });
    const big = ticket("big", { size: { tokens: 6_000 } });
    const small = ticket("small", { size: { tokens: 100 } });
    first.release(null);
    expect([big.result?.kind, small.result?.kind]).toEqual(["lease", "lease"]);
  });

  it("refuses when too many wait, when the deadline passes, and when the caller leaves", () => {
    const { balancer, clock, lease, ticket, facts } = fleetOf([{ id: "r0", maxInFlight: 1 }], { maxWaiting: 2 });
    const running = lease("a");
    const [late, left] = [ticket("b"), ticket("c", { deadline: clock.monotonic() + 60_000 })];
    expect(balancer.acquire(facts("d"))).toMatchObject({ kind: "refusal", reason: "queue_full", retryAfterSeconds: 1 });
    clock.advance(10_000);
    balancer.tick();
    expect(late.result).toMatchObject({ kind: "refusal", reason: "deadline", because: "no_room" });
    left.cancel();
    const settled: (Lease | Refusal)[] = [];
    left.onSettled((result) => settled.push(result));
    expect(settled).toEqual([{ kind: "refusal", reason: "cancelled" }]);
    running.release(null);
    expect(balancer.snapshot()).toMatchObject({ waiting: 0, replicas: [{ inFlight: 0 }] });
    expect(balancer.acquire(facts("e", { deadline: clock.monotonic() }))).toMatchObject({ kind: "lease" });
    expect(balancer.acquire(facts("f", { deadline: clock.monotonic() }))).toMatchObject({ reason: "deadline" });
  });

  it("says when no replica is ready", () => {
    const { balancer, clock, ticket } = fleetOf([]);
    const waiting = ticket("a");
    clock.advance(10_000);
    balancer.tick();
    expect(waiting.result).toMatchObject({ reason: "deadline", because: "none_ready" });
  });

  it("lets those who wait for a home go elsewhere when it dies", () => {
    const { lease, ticket, probe, balancer } = fleetOf([{ id: "r0", maxInFlight: 1 }, "r1"]);
    balancer.drain("r1");
    lease("a");
    const waiting = ticket("a", { continued: true });
    balancer.drain("r1", false);
    expect(waiting.result).toBeNull();
    probe("r0", false, false, false);
    expect(waiting.result).toMatchObject({ kind: "lease", replica: "r1", reason: "rebind" });
  });

  it("refuses everybody once it is closed", () => {
    const { balancer, lease, ticket, facts } = small();
    const running = lease("a");
    const waiting = ticket("b");
    balancer.close();
    expect(waiting.result).toEqual({ kind: "refusal", reason: "closed" });
    expect(balancer.acquire(facts("c"))).toEqual({ kind: "refusal", reason: "closed" });
    running.release(null);
  });
});

it("Balancer's advice does not take calls that wait for a weight update for too many", () => {
  const { balancer, lease, ticket, clock } = fleetOf(["r0"]);
  for (let i = 0; i < 10; i++) lease(`s${i}`).release(usage(1_000));
  balancer.tick();
  const advised = balancer.advisedSessions;
  balancer.pause("r0");
  for (let i = 0; i < 10; i++) ticket(`s${i}`, { deadline: Infinity });
  for (let passed = 0; passed < 60; passed += 5) {
    clock.advance(5_000);
    balancer.tick();
  }
  expect(balancer.advisedSessions).toBe(advised);
});

describe("Balancer's sessions", () => {
  it("are bounded, and forgotten with their tokens when they are idle", () => {
    const { balancer, lease, clock } = fleetOf(ids(2), { sessions: { max: 50, ttlMs: 60_000 } });
    for (let i = 0; i < 200; i++) lease(`s${i}`, { group: `g${i >> 3}` }).release(usage(1_000, 500));
    expect(balancer.snapshot().sessions).toBe(50);
    expect(
      balancer
        .snapshot()
        .replicas.map(({ sessions }) => sessions)
        .reduce((a, b) => a + b),
    ).toBe(50);
    clock.advance(121_000);
    balancer.tick();
    expect(balancer.snapshot()).toMatchObject({ sessions: 0 });
    for (const { residentTokens, sessions } of balancer.snapshot().replicas)
      expect([residentTokens, sessions]).toEqual([0, 0]);
  });
});

describe.each(["random", "round_robin", "least_requests", "power_of_two", "chwbl", "cache_aware", "scored"] as const)(
  "policy %s",
  (policy) => {
    it("uses all replicas that are ready and none that is not", () => {
      let random = 0;
      const clock = manualClock();
      const balancer = new Balancer({ clock, policy: createPolicy(policy, () => (random = (random + 0.37) % 1)) });
      balancer.setMembers({ generation: 1, members: ids(4).map((id) => ({ id })) });
      for (const id of ids(3)) for (let i = 0; i < 2; i++) balancer.probed(id, "good");
      const used = new Set<string>();
      for (let i = 0; i < 60; i++) {
        const answer = balancer.acquire({ session: `s${i}`, size: { tokens: 10 }, deadline: 1 });
        if (answer.kind === "lease") used.add(answer.replica);
      }
      expect([...used].sort()).toEqual(["r0", "r1", "r2"]);
    });
  },
);

describe("policy hash_mod", () => {
  it("is NeMo Gym's: SHA-256 of the session, its first 8 bytes, modulo N; and waits for whom it names", () => {
    const { lease, balancer, facts } = fleetOf(ids(8), { policy: "hash_mod" });
    // python3: int.from_bytes(hashlib.sha256(s).digest()[:8], "big") % 8
    const expected = { "session-0": "r5", "session-1": "r0", abc: "r2" };
    for (const [session, replica] of Object.entries(expected)) expect(lease(session).replica).toBe(replica);
    balancer.drain(expected.abc);
    expect(balancer.acquire(facts("abc"))).toBeInstanceOf(Ticket);
  });
});

describe("replicas that do not answer a probe in time", () => {
  const states = (balancer: Balancer) => balancer.snapshot().replicas.map(({ state }) => state);

  it("are dead at the third where others answer", () => {
    const { balancer } = fleetOf(ids(3));
    for (let i = 0; i < 3; i++) for (const id of ids(3)) balancer.probed(id, id === "r0" ? "silent" : "good");
    expect(states(balancer)).toEqual(["dead", "ready", "ready"]);
  });

  it("are busy where most of them are silent at once: their calls are theirs for a minute", () => {
    const { balancer, lease } = fleetOf(ids(4));
    const call = lease("s");
    const silent = (times: number) => {
      for (let i = 0; i < times; i++) for (const id of ids(4)) balancer.probed(id, "silent");
    };
    silent(14);
    expect(states(balancer)).toEqual(["ready", "ready", "ready", "ready"]);
    expect(call.isRevoked).toBe(false);
    silent(2);
    expect(states(balancer)).toEqual(["dead", "dead", "dead", "dead"]);
    expect(call.isRevoked).toBe(true);
  });

  it("start over with the first answer", () => {
    const { balancer } = fleetOf(ids(2));
    for (let i = 0; i < 14; i++) for (const id of ids(2)) balancer.probed(id, "silent");
    for (const id of ids(2)) balancer.probed(id, "good");
    for (let i = 0; i < 2; i++) for (const id of ids(2)) balancer.probed(id, "silent");
    expect(states(balancer)).toEqual(["ready", "ready"]);
  });
});
