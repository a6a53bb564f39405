import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { majorityShares, PassAtK, passShares } from "./pass-at-k.ts";

/** Every choice of k of these. */
function choices<T>(of: readonly T[], k: number): T[][] {
  if (k === 0) return [[]];
  return of.flatMap((first, i) => choices(of.slice(i + 1), k - 1).map((rest) => [first, ...rest]));
}

const zeroOrOne = fc.constantFrom(0, 1);

describe("pass@k of one task", () => {
  it("is the share of choices of k with a pass among them", () => {
    fc.assert(
      fc.property(fc.array(zeroOrOne, { minLength: 1, maxLength: 8 }), (scores) => {
        for (const [i, share] of passShares(scores).entries()) {
          const all = choices(scores, i + 1);
          const passed = all.filter((chosen) => chosen.includes(1)).length;
          expect(share).toBeCloseTo(passed / all.length, 12);
        }
      }),
    );
  });

  it("is the best of the first k where scores are no 0 or 1", () => {
    expect(passShares([0.5, 0, 2, 1])).toEqual([0.5, 0.5, 2, 2]);
  });

  it("holds for the largest group", () => {
    const shares = passShares(Array.from({ length: 1024 }, (_, i) => (i === 0 ? 1 : 0)));
    expect(shares[0]).toBeCloseTo(1 / 1024, 12);
    expect(shares[511]).toBeCloseTo(0.5, 9);
    expect(shares[1023]).toBe(1);
  });
});

describe("majority@k of one task", () => {
  /** As the rule says it, from the start for each k. */
  function slowly(rollouts: readonly { readonly score: number; readonly answer: string | null }[], k: number): number {
    const counts = new Map<string, { count: number; score: number }>();
    for (const { score, answer } of rollouts.slice(0, k)) {
      if (answer === null) continue;
      const pair = JSON.stringify([answer, score]);
      counts.set(pair, { count: (counts.get(pair)?.count ?? 0) + 1, score });
    }
    const most = Math.max(0, ...Array.from(counts.values(), ({ count }) => count));
    const top = [...counts.values()].filter(({ count }) => count === most);
    return top.length === 0 ? 0 : top.reduce((sum, { score }) => sum + score, 0) / top.length;
  }

  it("is what the most frequent pair of answer and score has", () => {
    const rollout = fc.record({ score: zeroOrOne, answer: fc.constantFrom("a", "b", "c", null) });
    fc.assert(
      fc.property(fc.array(rollout, { maxLength: 12 }), (rollouts) => {
        const expected = rollouts.map((_, i) => slowly(rollouts, i + 1));
        expect(majorityShares(rollouts).map((share) => share.toFixed(9))).toEqual(
          expected.map((share) => share.toFixed(9)),
        );
      }),
    );
  });
});

describe("the family over tasks", () => {
  it("takes tasks with fewer rollouts as they are for averages and majorities, and leaves them out of pass@k", () => {
    const series = new PassAtK("accuracy");
    const task = (...pairs: (readonly [number, string | null])[]) =>
      series.add(
        pairs.map(([score, answer]) => ({ score, answer })),
        true,
      );
    task([1, "a"]);
    task([0, "b"], [1, "a"], [1, "a"]);
    task([0, null], [0, "c"]);
    const metrics: Record<string, number> = {};
    const bases: Record<string, number> = {};
    series.report(
      { put: (name, value) => (metrics[name] = value), interval: (name, _, tasks) => (bases[name] = tasks) },
      true,
    );
    const rounded = Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, Number(value.toFixed(6))]),
    );
    expect(rounded).toMatchObject({
      "pass@1/accuracy": 55.555556,
      "pass@2/accuracy": 50,
      "pass@3/accuracy": 100,
      "pass@1[avg-of-1]/accuracy": 33.333333,
      "pass@1[avg-of-2]/accuracy": 50,
      "pass@1[avg-of-3]/accuracy": 55.555556,
      "majority@1/accuracy": 33.333333,
      "majority@2/accuracy": 50,
      "majority@3/accuracy": 66.666667,
    });
    expect(bases).toMatchObject({ "pass@2/accuracy": 2, "pass@3/accuracy": 1, "majority@3/accuracy": 3 });
    expect(series.perSample.map((value) => Number(value.toFixed(6)))).toEqual([33.333333, 50, 100]);
  });
});
