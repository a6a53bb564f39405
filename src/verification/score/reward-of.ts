import type { CaseVerdict } from "../../contract/verdict.ts";
import { type Scoring, scoringProblem, type Subtask } from "./scoring.ts";

/** What became of one case; a case's verdict is one. */
export type ScoredCase = Pick<CaseVerdict, "index" | "status">;

/**
 * The reward of a row with `tests` tests, from 0 to 1. Cases that are not among `cases` were not run, and have not
 * passed; one that was judged more than once must have passed each time. Throws RangeError where `scoringProblem` has
 * one.
 */
export function rewardOf(cases: readonly ScoredCase[], tests: number, scoring: Scoring): number {
  const problem = scoringProblem(scoring, tests);
  if (problem !== null) throw new RangeError(problem);
  const passed = passedCases(cases, tests);
  switch (scoring.scheme) {
    case "all_or_nothing":
      return passed.every(Boolean) ? 1 : 0;
    case "fraction":
      return passed.filter(Boolean).length / tests;
    case "weighted":
      return part(scoring.weights, passed);
    case "subtasks":
      return part(
        scoring.subtasks.map(({ points }) => points),
        paying(scoring.subtasks, passed),
      );
  }
}

function passedCases(cases: readonly ScoredCase[], tests: number): boolean[] {
  const ran = new Set<number>();
  const failed = new Set<number>();
  for (const { index, status } of cases) {
    if (!Number.isInteger(index) || index < 0 || index >= tests)
      throw new RangeError(`case ${index} of ${tests} tests`);
    ran.add(index);
    if (status !== "passed") failed.add(index);
  }
  return Array.from({ length: tests }, (_, index) => ran.has(index) && !failed.has(index));
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

/** The sum of the amounts that are earned, as a part of all: exactly 1 when all are. */
function part(amounts: readonly number[], earned: readonly boolean[]): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const total = sum(amounts);
  if (!(total > 0)) throw new RangeError("nothing can be earned");
  return sum(amounts.map((amount, i) => (earned[i] === true ? amount : 0))) / total;
}
