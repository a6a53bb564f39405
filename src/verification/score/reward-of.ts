import type { CaseVerdict } from "../../contract/verdict.ts";
import { type Scoring, scoringProblem, type Subtask } from "./scoring.ts";

/** What became of one case; a case's verdict is one. `score`: what part of it a checker has paid, where one says that. */
export type ScoredCase = Pick<CaseVerdict, "index" | "status" | "score">;

/**
 * The reward of a row with `tests` tests, from 0 to 1. Cases that are not among `cases` were not run, and have not
 * passed; one that was judged more than once must have passed each time. Throws RangeError where `scoringProblem` has
 * one.
 */
export function rewardOf(cases: readonly ScoredCase[], tests: number, scoring: Scoring): number {
  const problem = scoringProblem(scoring, tests);
  if (problem !== null) throw new RangeError(problem);
  const shares = sharesOf(cases, tests);
  const passed = shares.map((share) => share === 1);
  switch (scoring.scheme) {
    case "all_or_nothing":
      return passed.every(Boolean) ? 1 : 0;
    case "fraction":
      return sumOf(shares) / tests;
    case "weighted":
      return part(scoring.weights, shares);
    case "subtasks":
      return part(
        scoring.subtasks.map(({ points }) => points),
        paying(scoring.subtasks, passed).map(Number),
      );
  }
}

/** By case: 1 when it has passed, else what its checker has paid of it. */
function sharesOf(cases: readonly ScoredCase[], tests: number): number[] {
  const shares = new Map<number, number>();
  for (const { index, status, score = 0 } of cases) {
    if (!Number.isInteger(index) || index < 0 || index >= tests)
      throw new RangeError(`case ${index} of ${tests} tests`);
    const share = status === "passed" ? 1 : score;
    shares.set(index, Math.min(share, shares.get(index) ?? 1));
  }
  return Array.from({ length: tests }, (_, index) => shares.get(index) ?? 0);
}

/** Which subtasks pay: those whose cases all pass and that depend on none which does not pay. */
function paying(subtasks: readonly Subtask[], passed: readonly boolean[]): boolean[] {
  const pays = new Map<string, boolean>();
  for (const { name, cases, depends_on } of subtasks) {
    const allowed = depends_on.every((needed) => pays.get(needed) === true);
    pays.set(name, allowed && cases.every((index) => passed[index] === true));
  }
  return subtasks.map(({ name }) => pays.get(name) === true);
}

/** The sum of the amounts as far as they are earned, as a part of all: exactly 1 when all are. */
function part(amounts: readonly number[], shares: readonly number[]): number {
  const total = sumOf(amounts);
  if (!(total > 0)) throw new RangeError("nothing can be earned");
  return sumOf(amounts.map((amount, i) => amount * (shares[i] ?? 0))) / total;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
