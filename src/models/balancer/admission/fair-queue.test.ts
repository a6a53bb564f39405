import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FairQueue } from "./fair-queue.ts";

interface Job {
  readonly flow: string;
  readonly number: number;
}

/** Puts `count` jobs of every flow in, in turns. */
function filled(flows: Record<string, { weight: number; cost: number }>, count: number) {
  const queue = new FairQueue<Job>();
  for (let number = 0; number < count; number++)
    for (const [flow, { weight, cost }] of Object.entries(flows))
      queue.push({ flow, number }, { band: 0, flow, weight, cost });
  return queue;
}

function take(queue: FairQueue<Job>, count: number, band = 0): Job[] {
  const taken: Job[] = [];
  queue.serve(band, (job) => {
    if (taken.length === count) return "blocked";
    taken.push(job);
    return "taken";
  });
  return taken;
}

const costOf = (jobs: readonly Job[], flow: string, cost: number) =>
  jobs.filter((job) => job.flow === flow).length * cost;

describe("FairQueue", () => {
  it("keeps the order of arrival in a flow", () => {
    const taken = take(filled({ a: { weight: 1, cost: 5_000 } }, 20), 20);
    expect(taken.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it("shares by weight, counted in cost and not in calls, at any time", () => {
    fc.assert(
      fc.property(
        fc.record({ a: fc.integer({ min: 1, max: 4 }), b: fc.integer({ min: 1, max: 4 }) }),
        fc.record({ a: fc.integer({ min: 1, max: 20_000 }), b: fc.integer({ min: 1, max: 20_000 }) }),
        fc.integer({ min: 1, max: 100 }),
        (weight, cost, count) => {
          const queue = filled({ a: { weight: weight.a, cost: cost.a }, b: { weight: weight.b, cost: cost.b } }, 200);
          const taken = take(queue, count);
          const share = (flow: "a" | "b") => costOf(taken, flow, cost[flow]) / weight[flow];
          // As far apart as one call of each and one round.
          const slack = cost.a / weight.a + cost.b / weight.b + 2 * 1_024;
          if (taken.every((job) => job.number < 199))
            expect(Math.abs(share("a") - share("b"))).toBeLessThanOrEqual(slack);
        },
      ),
    );
  });

  it("lets no flow starve beside one whose calls are never absent", () => {
    const queue = new FairQueue<Job>();
    queue.push({ flow: "rare", number: 0 }, { band: 0, flow: "rare", weight: 1, cost: 30_000 });
    let served = 0;
    while (queue.size > 0 && served < 1_000) {
      queue.push({ flow: "busy", number: served }, { band: 0, flow: "busy", weight: 10, cost: 1_000 });
      const [job] = take(queue, 1);
      if (job?.flow === "rare") break;
      served++;
    }
    expect(served).toBeLessThanOrEqual(310);
  });

  it("leaves everybody where he is when the first is blocked, and passes over what is skipped", () => {
    const queue = filled({ a: { weight: 1, cost: 10 }, b: { weight: 1, cost: 10 } }, 2);
    expect(queue.serve(0, () => "blocked")).toBe(true);
    expect(queue.size).toBe(4);
    const taken: Job[] = [];
    const isBlocked = queue.serve(0, (job) => {
      if (job.flow === "a") return "skipped";
      taken.push(job);
      return "taken";
    });
    expect(isBlocked).toBe(false);
    expect(taken.map(({ flow }) => flow)).toEqual(["b", "b"]);
    expect(take(queue, 5).map(({ flow, number }) => flow + number)).toEqual(["a0", "a1"]);
  });

  it("forgets who leaves, once, and the unused share of a flow that is empty", () => {
    const queue = new FairQueue<Job>();
    const standing = { band: 3, flow: "a", weight: 1, cost: 1 };
    const entry = queue.push({ flow: "a", number: 0 }, standing);
    expect(queue.remove(entry)).toBe(true);
    expect(queue.remove(entry)).toBe(false);
    expect([...queue.bands]).toEqual([]);
    queue.push({ flow: "a", number: 1 }, standing);
    expect(take(queue, 1, 3)).toEqual([{ flow: "a", number: 1 }]);
  });
});
