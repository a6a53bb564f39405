import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../bench/balancer/event-queue.ts";
import { type Scenario, SCENARIOS } from "../../../bench/balancer/scenarios.ts";
import { Simulation } from "../../../bench/balancer/simulation.ts";
import { pairedRatio } from "../../../bench/balancer/statistics.ts";
import { blocksOf, workloadOf } from "../../../bench/balancer/workload.ts";
import { seeded } from "../../../bench/support/measure.ts";
import {
  type CallView,
  type Choice,
  createPolicy,
  type FleetView,
  type Policy,
  POLICIES,
  type PolicyName,
  StickyLeastCost,
} from "../../../src/models/balancer/index.ts";

/** Small enough for a test: 4 replicas, 64 rollouts, 32 at once. */
const SMALL: Scenario = { ...SCENARIOS.base, replicas: 4, groups: 8, concurrent: 32 };

function play(policy: Policy, changes: Partial<Scenario> = {}, seed = 1) {
  const scenario = { ...SMALL, ...changes };
  const rollouts = workloadOf(scenario, seed);
  const turns = rollouts.reduce((sum, rollout) => sum + rollout.turns.length, 0);
  return { turns, result: new Simulation(scenario, rollouts, policy).run() };
}

class Watched extends StickyLeastCost {
  readonly reasons = new Map<string, number>();

  override choose(call: CallView, fleet: FleetView): Choice {
    const choice = super.choose(call, fleet);
    const reason = choice.kind === "send" ? choice.reason : "wait";
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    return choice;
  }
}

describe("the balancer's simulation", () => {
  it("asks the policy that is shipped, once for every turn", () => {
    expect(POLICIES.sticky_least_cost()).toBeInstanceOf(StickyLeastCost);
    const policy = new Watched();
    const { turns, result } = play(policy);
    expect(result).toMatchObject({ turns, lost: 0, duplicated: 0, resent: 0, refused: 0 });
    const total = [...policy.reasons.values()].reduce((a, b) => a + b);
    expect(total).toBe(turns);
    expect(policy.reasons.get("new")).toBe(64);
    expect(result.moves).toBe(policy.reasons.get("escape") ?? 0);
  });

  it("does what the policy says: all to one replica is seen in the load and in the time it takes", () => {
    const toOne: Policy = {
      name: "to_one",
      choose: (call, { members }) => {
        const [replica] = members;
        if (!replica || !call.isOpen(replica)) return { kind: "wait", replica: replica ?? null };
        return { kind: "send", replica, reason: call.past === "none" ? "new" : "home" };
      },
    };
    const [one, ours] = [play(toOne).result, play(new StickyLeastCost()).result];
    expect([one.moves, one.maxOverMean]).toEqual([0, 4]);
    expect(one.makespan).toBeGreaterThan(1.5 * ours.makespan);
  });

  it("shows a change of the policy: without a price for prefill siblings part, and less is cached", () => {
    const load: Partial<Scenario> = { ...SCENARIOS.single_turn, replicas: 4, groups: 16, concurrent: 64 };
    const hits = (alpha: number) => play(new StickyLeastCost({ alpha }), load).result.hits;
    expect(hits(6)).toBeGreaterThan(hits(0) + 0.04);
  });

  it("is the same every time", () => {
    const [a, b] = [1, 2].map(() => play(createPolicy("random", seeded(5))).result);
    expect(a).toEqual(b);
    expect(play(createPolicy("random", seeded(6))).result).not.toEqual(a);
  });

  it.each(Object.keys(POLICIES) as PolicyName[])(
    "loses nothing and answers nothing twice when a replica dies, with %s",
    (name) => {
      const { turns, result } = play(createPolicy(name, seeded(1)), {
        incidents: [
          { atSeconds: 60, kind: "crash", replica: 1 },
          { atSeconds: 200, kind: "start", replica: 1 },
        ],
      });
      expect(result).toMatchObject({ turns, lost: 0, duplicated: 0 });
      expect(result.resent).toBeGreaterThan(0);
    },
  );

  it("takes calls away from an engine that hangs behind a healthy endpoint", () => {
    const { turns, result } = play(new StickyLeastCost(), {
      groups: 32,
      incidents: [{ atSeconds: 620, kind: "hang", replica: 1 }],
    });
    expect(result).toMatchObject({ turns, lost: 0, duplicated: 0 });
    expect(result.resent).toBeGreaterThan(0);
    // Of the two minutes that the engine is given, and no more.
    expect(result.turnP99).toBeLessThan(400);
  });

  it("fails no call and knows all versions through a weight update", () => {
    const { turns, result } = play(new StickyLeastCost(), {
      incidents: [{ atSeconds: 100, kind: "update", seconds: 20, version: "v1" }],
    });
    expect(result).toMatchObject({ turns, lost: 0, duplicated: 0, resent: 0, refused: 0, unversioned: 0 });
  });

  it("starts no more rollouts at once than the balancer advises", () => {
    const load = { kvTokens: 100_000, concurrent: 64 };
    const free = play(new StickyLeastCost(), load).result;
    const advised = play(new StickyLeastCost(), { ...load, followsAdvice: true }).result;
    expect(advised.lost).toBe(0);
    expect(advised.mostAtOnce).toBeLessThan(free.mostAtOnce);
    expect(advised.hits).toBeGreaterThan(free.hits);
  });
});

describe("its parts", () => {
  it("let virtual time pass in order, equal times in order of arrival", () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const random = seeded(3);
    for (let i = 0; i < 500; i++) {
      const at = Math.floor(random() * 50);
      clock.after(at, () => seen.push(`${String(at).padStart(2, "0")} ${String(i).padStart(3, "0")}`));
    }
    clock.after(10, () => seen.push("never"))();
    clock.runUntil(() => false);
    expect(seen).toEqual([...seen].sort());
    expect(seen.length).toBe(500);
  });

  it("give siblings the blocks of the prompt they share, and nothing else", () => {
    const [a, b, other] = workloadOf(SMALL, 1).filter(({ index }) => [0, 1, 8].includes(index));
    if (!a || !b || !other) throw new Error("too few rollouts");
    const blocks = [a, b, other].map((rollout) => blocksOf(rollout, rollout.sharedTokens + 640, 64));
    const [ofA = [], ofB = [], ofOther = []] = blocks;
    const common = ofA.filter((id) => ofB.includes(id));
    expect(common).toEqual(ofA.slice(0, Math.floor(a.sharedTokens / 64)));
    expect(ofA.filter((id) => ofOther.includes(id))).toEqual([]);
  });

  it("compare in pairs, with the interval of Student's t", () => {
    // With the quantile 2.570582 of 5 degrees of freedom, from a table.
    const ratio = pairedRatio([1.1, 1.2, 0.9, 1, 1.05, 1.3], [1, 1, 1, 1, 1, 1]);
    expect(ratio.mean).toBeCloseTo(1.0839, 4);
    expect(ratio.low).toBeCloseTo(0.9448, 3);
    expect(ratio.high).toBeCloseTo(1.2435, 3);
  });
});
