import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "../../../test/models/clocks.ts";
import { Balancer } from "./balancer.ts";
import type { Refusal } from "./call.ts";
import type { Lease } from "./lease.ts";
import { createPolicy, POLICIES, type PolicyName } from "./policies/index.ts";
import type { Ticket } from "./ticket.ts";

const REPLICAS = ["r0", "r1", "r2", "r3"];
const MAX_WAITING = 20;
const MAX_SESSIONS = 12;
const MAX_IN_FLIGHT = 6;

/** One thing that happens, with its name for the report of a counterexample. */
type Step = (run: Run) => void;

function step<T>(name: string, values: fc.Arbitrary<T>, happen: (run: Run, value: T) => void): fc.Arbitrary<Step> {
  return values.map((value) =>
    Object.assign((run: Run) => happen(run, value), { [fc.toStringMethod]: () => `${name} ${fc.stringify(value)}` }),
  );
}

const replica = fc.constantFrom(...REPLICAS);
const call = fc.record({
  session: fc.option(fc.nat(20), { nil: undefined }),
  group: fc.option(fc.nat(4), { nil: undefined }),
  tokens: fc.integer({ min: 1, max: 30_000 }),
  priority: fc.nat(2),
  flow: fc.nat(2),
  trainable: fc.boolean(),
  continued: fc.boolean(),
  seconds: fc.nat(30),
});
type PlannedCall = typeof call extends fc.Arbitrary<infer T> ? T : never;
const end = fc.record({
  pick: fc.nat(1_000),
  how: fc.constantFrom(
    "answered" as const,
    "unknown" as const,
    "connect_failed" as const,
    "server_error" as const,
    "neutral" as const,
  ),
  tokens: fc.integer({ min: 1, max: 40_000 }),
});
type PlannedEnd = typeof end extends fc.Arbitrary<infer T> ? T : never;
const probes = fc.record({ replica, isGood: fc.boolean(), times: fc.integer({ min: 1, max: 4 }) });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: step("acquire", call, (run, value) => run.acquire(value)) },
  { weight: 8, arbitrary: step("end", end, (run, value) => run.end(value)) },
  { weight: 1, arbitrary: step("cancel", fc.nat(1_000), (run, pick) => run.pick(run.tickets, pick)?.cancel()) },
  { weight: 2, arbitrary: step("finish", fc.nat(20), ({ balancer }, session) => balancer.finish(`s${session}`)) },
  {
    weight: 4,
    arbitrary: step("probe", probes, ({ balancer }, { replica, isGood, times }) => {
      for (let i = 0; i < times; i++) balancer.probed(replica, isGood ? "good" : "bad");
    }),
  },
  {
    weight: 2,
    arbitrary: step("scrape", fc.record({ replica, iterations: fc.nat(3) }), ({ balancer }, { replica, iterations }) =>
      balancer.scraped(replica, { iterations }),
    ),
  },
  {
    weight: 1,
    arbitrary: step("drain", fc.record({ replica, isOn: fc.boolean() }), (run, { replica, isOn }) => {
      if (run.isMember(replica)) run.balancer.drain(replica, isOn);
    }),
  },
  {
    weight: 1,
    arbitrary: step("pause", replica, (run, id) => {
      if (run.isMember(id)) run.balancer.pause(id);
    }),
  },
  {
    weight: 1,
    arbitrary: step("resume", fc.record({ replica, isStale: fc.boolean() }), (run, { replica, isStale }) => {
      if (run.isMember(replica)) run.balancer.resume(replica, { isStale });
    }),
  },
  { weight: 1, arbitrary: step("members", fc.subarray(REPLICAS, { minLength: 1 }), (run, ids) => run.setMembers(ids)) },
  {
    weight: 2,
    arbitrary: step("pass", fc.nat(200), ({ clock, balancer }, seconds) => {
      clock.advance(seconds * 1000);
      balancer.tick();
    }),
  },
);

/** Chance that is the same in every run (Park and Miller's generator). */
function seeded(): () => number {
  let state = 1;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** A balancer and everything it was asked and has answered. */
class Run {
  readonly clock = manualClock();
  readonly balancer: Balancer;
  readonly leases: Lease[] = [];
  readonly tickets: Ticket[] = [];
  readonly settled = new Map<Ticket, number>();
  acquired = 0;
  refused = 0;
  granted = 0;
  #generation = 0;

  constructor(policy: PolicyName) {
    const options = { maxWaiting: MAX_WAITING, sessions: { max: MAX_SESSIONS, ttlMs: 100_000 } };
    this.balancer = new Balancer({ clock: this.clock, policy: createPolicy(policy, seeded()), ...options });
    this.setMembers(REPLICAS);
    for (const id of REPLICAS) for (let i = 0; i < 2; i++) this.balancer.probed(id, "good");
  }

  isMember(id: string): boolean {
    return this.balancer.snapshot().replicas.some((one) => one.id === id);
  }

  check(): void {
    const snapshot = this.balancer.snapshot();
    const waiting = this.tickets.filter(({ result }) => result === null).length;
    expect(snapshot.waiting).toBe(waiting);
    expect(waiting).toBeLessThanOrEqual(MAX_WAITING);
    // Every call is answered in one way, and no answer is given twice.
    expect(this.granted + this.refused + waiting).toBe(this.acquired);
    for (const times of this.settled.values()) expect(times).toBe(1);
    expect(snapshot.sessions).toBeLessThanOrEqual(MAX_SESSIONS);
    for (const replica of snapshot.replicas) {
      const { inFlight, residentTokens, activeTokens, sessions } = replica;
      const open = this.leases.filter((lease) => lease.replica === replica.id && !lease.isEnded).length;
      expect(inFlight).toBeLessThanOrEqual(open);
      for (const count of [inFlight, residentTokens, activeTokens, sessions]) expect(count).toBeGreaterThanOrEqual(0);
      expect(sessions).toBeLessThanOrEqual(MAX_SESSIONS);
    }
  }

  /** Everything that was given out comes back. */
  settle(): void {
    for (const lease of this.leases) lease.release(null);
    for (const ticket of this.tickets) ticket.cancel();
    for (const lease of this.leases) lease.release(null);
    for (let i = 0; i <= 20; i++) this.balancer.finish(`s${i}`);
    this.check();
    for (const { inFlight, residentTokens, activeTokens, sessions } of this.balancer.snapshot().replicas)
      expect([inFlight, residentTokens, activeTokens, sessions]).toEqual([0, 0, 0, 0]);
  }

  acquire(call: PlannedCall): void {
    this.acquired++;
    const answer = this.balancer.acquire({
      ...(call.session === undefined ? {} : { session: `s${call.session}` }),
      ...(call.group === undefined ? {} : { group: `g${call.group}` }),
      size: { tokens: call.tokens },
      priority: call.priority,
      flow: `f${call.flow}`,
      trainable: call.trainable,
      continued: call.continued,
      deadline: this.clock.monotonic() + call.seconds * 1000,
    });
    if (answer.kind !== "ticket") {
      this.#answered(call, answer);
      return;
    }
    this.tickets.push(answer);
    answer.onSettled((result) => {
      this.settled.set(answer, (this.settled.get(answer) ?? 0) + 1);
      this.#answered(call, result);
    });
  }

  #answered({ trainable }: PlannedCall, result: Lease | Refusal): void {
    if (result.kind === "refusal") {
      this.refused++;
      return;
    }
    this.granted++;
    this.leases.push(result);
    // Nobody is sent to a replica that drains, pauses, starts or is dead.
    const replica = this.balancer.snapshot().replicas.find(({ id }) => id === result.replica);
    expect(trainable ? ["ready", "suspect"] : ["ready", "suspect", "stale"]).toContain(replica?.state);
    expect(replica?.inFlight).toBeLessThanOrEqual(MAX_IN_FLIGHT);
  }

  end({ pick, how, tokens }: PlannedEnd): void {
    const lease = this.pick(this.leases, pick);
    if (!lease) return;
    if (how === "answered") lease.release({ promptTokens: tokens, completionTokens: 1 + (tokens % 500) });
    else if (how === "unknown") lease.release(null);
    else lease.fail(how);
  }

  pick<T>(from: readonly T[], pick: number): T | undefined {
    return from[pick % Math.max(1, from.length)];
  }

  setMembers(ids: readonly string[]): void {
    this.balancer.setMembers({
      generation: this.#generation++,
      members: ids.map((id) => ({ id, maxInFlight: MAX_IN_FLIGHT, kvTokens: 50_000 })),
    });
  }
}

describe.each(Object.keys(POLICIES) as PolicyName[])("whatever happens, with %s", (policy) => {
  it("no lease is lost or doubled, no load is negative, and all that was taken comes back", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120 }), (steps) => {
        const run = new Run(policy);
        for (const step of steps) {
          step(run);
          run.check();
        }
        run.settle();
      }),
      { numRuns: policy === "sticky_least_cost" ? 60 : 10 },
    );
  }, 60_000);
});
