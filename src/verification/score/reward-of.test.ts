import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rewardOf, type ScoredCase } from "./reward-of.ts";
import { needsEveryCase, Scoring, scoringProblem } from "./scoring.ts";

/** One letter a case: passed, failed, or not run. */
function cases(letters: string): ScoredCase[] {
  return Array.from(letters).flatMap((letter, index): ScoredCase[] => {
    if (letter === ".") return [];
    return [{ index, status: letter === "p" ? "passed" : "wrong_answer" }];
  });
}

const reward = (scoring: unknown, letters: string) => rewardOf(cases(letters), letters.length, Scoring.parse(scoring));
const subtask = (name: string, points: number, indices: number[], ...depends_on: string[]) => ({
  name,
  points,
  cases: indices,
  depends_on,
});

describe("rewardOf", () => {
  it("pays all or nothing", () => {
    expect(reward({ scheme: "all_or_nothing" }, "ppp")).toBe(1);
    expect(reward({ scheme: "all_or_nothing" }, "ppf")).toBe(0);
    expect(reward({ scheme: "all_or_nothing" }, "pp.")).toBe(0);
  });

  it("pays the part that passed", () => {
    expect(reward({ scheme: "fraction" }, "pfp.")).toBe(0.5);
    expect(reward({ scheme: "fraction" }, "...")).toBe(0);
  });

  it("pays what a checker pays of a case, but for schemes that want whole cases", () => {
    const half: ScoredCase[] = [...cases("p"), { index: 1, status: "wrong_answer", score: 0.5 }];
    expect(rewardOf(half, 2, { scheme: "fraction" })).toBe(0.75);
    expect(rewardOf(half, 2, { scheme: "weighted", weights: [1, 3] })).toBe(0.625);
    expect(rewardOf(half, 2, { scheme: "all_or_nothing" })).toBe(0);
    expect(rewardOf(half, 2, Scoring.parse({ scheme: "subtasks", subtasks: [subtask("a", 1, [0, 1])] }))).toBe(0);
  });

  it("pays by weight", () => {
    expect(reward({ scheme: "weighted", weights: [3, 1, 0] }, "pff")).toBe(0.75);
    expect(reward({ scheme: "weighted", weights: [3, 1, 0] }, "ppf")).toBe(1);
    expect(reward({ scheme: "weighted", weights: [3, 1, 0] }, "ffp")).toBe(0);
  });

  it("pays subtasks as a whole, and only with those they depend on", () => {
    const subtasks = [subtask("a", 20, [0]), subtask("b", 30, [1, 2], "a"), subtask("c", 50, [2], "b")];
    expect(reward({ scheme: "subtasks", subtasks }, "pppf")).toBe(1);
    expect(reward({ scheme: "subtasks", subtasks }, "pfp.")).toBe(0.2);
    expect(reward({ scheme: "subtasks", subtasks }, "fpp.")).toBe(0);
    const free = [subtask("a", 20, [0]), subtask("b", 30, [1, 2]), subtask("c", 50, [0, 3])];
    expect(reward({ scheme: "subtasks", subtasks: free }, "fpp.")).toBe(0.3);
  });

  it("takes a case that was judged twice as passed when it always was", () => {
    const twice: ScoredCase[] = [...cases("p"), ...cases("f")];
    expect(rewardOf(twice, 1, { scheme: "fraction" })).toBe(0);
    expect(rewardOf(twice.toReversed(), 1, { scheme: "fraction" })).toBe(0);
  });

  it("never scores what has no tests or does not fit them", () => {
    expect(() => rewardOf([], 0, { scheme: "all_or_nothing" })).toThrow(/without tests/);
    expect(() => rewardOf([], 2, { scheme: "weighted", weights: [1] })).toThrow("1 weights for 2 tests");
    expect(() => rewardOf([], 1, { scheme: "weighted", weights: [0] })).toThrow(RangeError);
    expect(() => rewardOf(cases("pp"), 1, { scheme: "fraction" })).toThrow("case 1 of 1 tests");
    expect(() => reward({ scheme: "subtasks", subtasks: [subtask("a", 1, [1])] }, "p")).toThrow(/beyond/);
  });
});

const weight = fc.double({ min: 0, max: 1e9, noNaN: true });
const weights = fc.array(weight, { minLength: 1, maxLength: 20 }).filter((all) => all.some((one) => one > 0));
const schemes = weights.chain((all) => {
  const some = fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: 5 });
  const groups = fc.array(fc.tuple(weight, some, fc.nat()), { minLength: 1, maxLength: 6 });
  const subtasks = groups
    .filter((entries) => entries.some(([points]) => points > 0))
    .map((entries) =>
      entries.map(([points, indices, other], i) =>
        subtask(`s${i}`, points, indices, ...(i > 0 && other % 3 === 0 ? [`s${other % i}`] : [])),
      ),
    );
  const scoring: fc.Arbitrary<Scoring> = fc.oneof(
    fc.constant({ scheme: "all_or_nothing" as const }),
    fc.constant({ scheme: "fraction" as const }),
    fc.constant({ scheme: "weighted" as const, weights: all }),
    subtasks.map((entries) => ({ scheme: "subtasks" as const, subtasks: entries })),
  );
  return fc.tuple(scoring, fc.array(fc.constantFrom("p", "f", "."), { minLength: all.length, maxLength: all.length }));
});

describe("whatever the scheme", () => {
  it("is 1 when all pass, 0 when none does, and always between", () => {
    fc.assert(
      fc.property(schemes, ([scoring, letters]) => {
        expect(Scoring.safeParse(scoring).success).toBe(true);
        const value = reward(scoring, letters.join(""));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(reward(scoring, "p".repeat(letters.length))).toBe(1);
        expect(reward(scoring, ".".repeat(letters.length))).toBe(0);
      }),
    );
  });

  it("never falls when one more case passes", () => {
    fc.assert(
      fc.property(schemes, fc.nat(), ([scoring, letters], at) => {
        const better = letters.with(at % letters.length, "p");
        expect(reward(scoring, better.join(""))).toBeGreaterThanOrEqual(reward(scoring, letters.join("")));
      }),
    );
  });
});

describe("Scoring", () => {
  it("refuses what could pay nothing, pay for nothing, or wait for itself", () => {
    for (const scoring of [
      { scheme: "half" },
      { scheme: "fraction", weights: [1] },
      { scheme: "weighted", weights: [] },
      { scheme: "weighted", weights: [0, 0] },
      { scheme: "weighted", weights: [-1, 2] },
      { scheme: "weighted", weights: [1e300] },
      { scheme: "subtasks", subtasks: [] },
      { scheme: "subtasks", subtasks: [subtask("a", 1, [])] },
      { scheme: "subtasks", subtasks: [subtask("a", 0, [0])] },
      { scheme: "subtasks", subtasks: [subtask("a", 1, [0]), subtask("a", 1, [1])] },
      { scheme: "subtasks", subtasks: [subtask("a", 1, [0], "b"), subtask("b", 1, [1], "a")] },
      { scheme: "subtasks", subtasks: [subtask("a", 1, [0], "a")] },
      { scheme: "subtasks", subtasks: [subtask("a", 1, [0], "z")] },
      { scheme: "subtasks", subtasks: [subtask("a", 1, [-1])] },
    ]) {
      expect(Scoring.safeParse(scoring).success, JSON.stringify(scoring)).toBe(false);
    }
    expect(Scoring.parse({ scheme: "subtasks", subtasks: [{ name: "a", points: 1, cases: [0] }] })).toEqual({
      scheme: "subtasks",
      subtasks: [subtask("a", 1, [0])],
    });
  });

  it("knows what must be run and what fits", () => {
    expect(needsEveryCase({ scheme: "all_or_nothing" })).toBe(false);
    expect(needsEveryCase({ scheme: "fraction" })).toBe(true);
    expect(scoringProblem({ scheme: "fraction" }, 1)).toBeNull();
    expect(scoringProblem({ scheme: "fraction" }, 0)).toBe("a row without tests cannot be scored");
  });
});
