import { type Failure, stageFailure } from "../../failure.ts";
import type { Stage } from "../../../execution/index.ts";
import type { CounterPlan, Variant } from "./plan.ts";
import { readShared, type SeenTest, type SharedReport } from "./report.ts";

/** What became of one test; what is known of all of them, when none came to be. */
export interface SharedFinding {
  readonly id: string | null;
  readonly failure: Failure | null;
  readonly evidence: readonly string[];
}

const CLOCKS: ReadonlySet<string> = new Set(["time", "timeit"]);

/** What the tests came to as they are, each by its name. */
export function firstFindings({ ids, unchecked, imports }: CounterPlan, stage: Stage): SharedFinding[] {
  const report = readShared(stage);
  const ended = endOf(stage);
  if (!report) return [{ id: null, failure: ended ?? withoutReport(stage), evidence: [] }];
  const evidence = report.replaced.map((name) => `the program had replaced ${name}, which was put back`);
  if (imports.some((name) => CLOCKS.has(name))) evidence.push("the tests read a clock, which the program can deceive");
  const problem = problemOf(report);
  if (problem) return [{ id: null, failure: ended ?? problem, evidence }];
  const known = new Set(ids);
  const others = report.tests.filter(({ id, status }) => !known.has(id) && status !== "passed");
  const findings = ids.map((id): SharedFinding => {
    const seen = report.tests.filter((test) => test.id === id);
    const said = unchecked.includes(id) ? [`${id} asserts nothing that could be falsified: not counter-checked`] : [];
    return { id, failure: ended ?? failureOf(id, seen), evidence: [...evidence, ...said] };
  });
  return [...findings, ...others.map((test) => ({ id: test.id, failure: failureOf(test.id, [test]), evidence }))];
}

/** A falsified variant, with what came of it; null when it was not run. */
export interface Check {
  readonly variant: Variant;
  readonly stage: Stage | null;
}

/** The findings, with those passes taken back that the counter-check does not bear out. */
export function checkedFindings(findings: readonly SharedFinding[], checks: readonly Check[]): SharedFinding[] {
  const reports = checks.map(({ variant, stage }) => ({ variant, stage, report: stage && readShared(stage) }));
  return findings.map((finding) => {
    const { id } = finding;
    if (id === null || finding.failure) return finding;
    const failures = reports.flatMap(({ variant, stage, report }) => {
      const places = variant.falsified[id];
      return places ? [counterFailure(id, places, stage, report)] : [];
    });
    // Tampering says the most, so it is named before a check that came to no end.
    const failure = failures.find((each) => each?.status === "tampered") ?? failures.find((each) => each !== null);
    return failure ? { ...finding, failure } : finding;
  });
}

/** Null when a falsified test failed as it must. */
function counterFailure(
  id: string,
  places: Variant["falsified"][string],
  stage: Stage | null,
  report: SharedReport | null,
): Failure | null {
  const ended = stage && endOf(stage);
  if (ended) return { ...ended, message: `in the counter-check: ${ended.message}` };
  const seen = report?.tests.filter((test) => test.id === id) ?? [];
  if (seen.length === 0) return { status: "no_tests", message: `${id} came to no end in the counter-check` };
  const failed = seen.filter(({ status }) => status !== "passed");
  if (failed.length === 0) {
    return { status: "tampered", message: `${id} also passes with a falsified assertion, which nobody can` };
  }
  if (failed.some((test) => failsAt(test, places))) return null;
  return { status: "no_tests", message: `${id} failed in the counter-check, but not by its falsified assertion` };
}

function failsAt({ status, places }: SeenTest, falsified: Variant["falsified"][string]): boolean {
  if (status === "skipped") return false;
  return places.some(([path, line]) =>
    falsified.some(([at, first, last]) => at === path && first <= line && line <= last),
  );
}

function failureOf(id: string, seen: readonly SeenTest[]): Failure | null {
  if (seen.length === 0) return { status: "no_tests", message: `${id} was not run` };
  const bad = seen.find(({ status }) => status !== "passed");
  if (!bad) return null;
  const message = `${id}: ${bad.message}`;
  if (bad.status === "failed") return { status: "wrong_answer", message };
  return { status: bad.status === "skipped" ? "no_tests" : "runtime_error", message };
}

/** A limit, or a fault that the program is blamed for; how its process ends otherwise means nothing. */
function endOf(stage: Stage): Failure | null {
  return stage.status === "runtime_error" ? null : stageFailure(stage);
}

function withoutReport(stage: Stage): Failure {
  const how = stage.message || "exit code 0";
  return { status: "no_tests", message: `the program ended before its tests did: ${how}` };
}

const SYNTAX_ERRORS: ReadonlySet<string> = new Set(["SyntaxError", "IndentationError", "TabError"]);

function problemOf({ problem }: SharedReport): Failure | null {
  if (!problem) return null;
  const status = SYNTAX_ERRORS.has(problem.type) ? "compile_error" : "runtime_error";
  return { status, message: `${problem.type}: ${problem.message}` };
}
