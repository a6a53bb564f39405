import { describe, expect, it } from "vitest";
import { FieldMetrics } from "./field-metrics.ts";
import { wilson } from "./intervals.ts";
import { MeansByK } from "./means-by-k.ts";

/** A sequence of numbers in [0, 1) that is the same in every run (mulberry32). */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TRIALS = 2_000;

/** How often an interval holds the truth, of so many jobs. */
function coverage(job: (random: () => number) => { low: number; high: number } | null, truth: number): number {
  const random = randoms(1);
  let held = 0;
  for (let i = 0; i < TRIALS; i++) {
    const found = job(random);
    if (found && found.low <= truth && truth <= found.high) held++;
  }
  return held / TRIALS;
}

describe("Wilson's interval", () => {
  it("is that of the textbooks", () => {
    // 81 of 263: Newcombe 1998, table I.
    const found = wilson(81 / 263, 263);
    expect(found?.low).toBeCloseTo(0.2553, 4);
    expect(found?.high).toBeCloseTo(0.3662, 4);
    expect(wilson(0, 20)?.low).toBe(0);
    expect(wilson(0, 20)?.high).toBeCloseTo(0.1611, 4);
    expect(wilson(1, 20)?.high).toBe(1);
    expect(wilson(0, 0)).toBeNull();
  });
});

describe("intervals of a mean over groups", () => {
  /** Tasks of unequal difficulty, with 8 rollouts each. */
  const clustered = (share: boolean, tasks: number) => (random: () => number) => {
    const field = new FieldMetrics({ isCount: !share });
    for (let task = 0; task < tasks; task++) {
      const difficulty = random() < 0.5 ? 0.1 + 0.2 * random() : 0.7 + 0.2 * random();
      field.addTask(
        Array.from({ length: 8 }, () =>
          share ? (random() < difficulty ? 1 : 0) : 1_000_000 + 100 * difficulty + random(),
        ),
      );
    }
    return field.interval();
  };

  it.each([10, 40])("hold the truth about 95 times of 100 for shares, over %i tasks", (tasks) => {
    const held = coverage(clustered(true, tasks), 0.5);
    expect(held).toBeGreaterThan(0.925);
    expect(held).toBeLessThan(0.985);
  });

  it("and for other numbers, also large ones with a small spread", () => {
    const held = coverage(clustered(false, 20), 1_000_050.5);
    expect(held).toBeGreaterThan(0.925);
    expect(held).toBeLessThan(0.98);
  });

  it("where independent trials are assumed instead, they hold it far less often", () => {
    const held = coverage((random) => {
      const found = clustered(true, 20)(random);
      return found && wilson((found.low + found.high) / 2, 160);
    }, 0.5);
    expect(held).toBeLessThan(0.8);
  });

  it("say how they came to be, and nothing where nothing can be told", () => {
    const of = (isCount: boolean, ...tasks: number[][]) => {
      const field = new FieldMetrics({ isCount });
      for (const values of tasks) field.addTask(values);
      return field.interval()?.estimator ?? null;
    };
    expect(of(false, [1], [0], [1])).toBe("wilson");
    expect(of(false, [1, 0], [0, 0])).toBe("wilson_clustered");
    expect(of(false, [1, 1], [1, 1])).toBe("wilson_clustered");
    expect(of(false, [1, 0, 1])).toBe("wilson");
    expect(of(false, [0.5, 1], [0.25])).toBe("cluster_t");
    expect(of(true, [3, 4, 5])).toBe("t");
    expect(of(true, [1, 1], [1])).toBeNull();
    expect(of(true, [7])).toBeNull();
    expect(of(true, [])).toBeNull();
  });
});

describe("intervals of means over tasks by k", () => {
  it("are Wilson's for tasks that are 0 or 1, else Student's within the range of shares", () => {
    const means = new MeansByK(true);
    for (const values of [
      [1, 0.5],
      [1, 1],
      [0, 0.5],
    ])
      means.add(values);
    const [first, second] = means.means();
    expect(first?.interval).toEqual(wilson(2 / 3, 3));
    expect(second?.interval).toMatchObject({ estimator: "t", high: 1 });
  });

  it("are not cut to shares for rewards beyond them", () => {
    const means = new MeansByK(true);
    for (const value of [2, 3, 4]) means.add([value]);
    const [only] = means.means();
    expect(only?.mean).toBe(3);
    expect(only?.interval?.high).toBeCloseTo(3 + 4.302652729696142 / Math.sqrt(3), 9);
  });
});
