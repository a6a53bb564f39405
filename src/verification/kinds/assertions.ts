import type { CaseVerdict } from "../../contract/verdict.ts";
import type { ExecutionRequest, Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { type Failure, stageFailure } from "../failure.ts";
import { namedTests } from "../named-tests.ts";
import type { AssertionTests, Program } from "../submission.ts";
import { type BridgeReport, readReport, type TestReport } from "./bridge-report.ts";
import type { Judgement, Run } from "./judgement.ts";

/** Runs tests that assert by themselves, in a slot of their own that calls the program's over a bridge. */
export async function judgeAssertions(run: Run, program: Program<AssertionTests>): Promise<Judgement> {
  const { cases } = await run(requestOf(program));
  const [stage] = cases;
  if (!stage) throw new Error("an execution without its case");
  const found = findings(stage, program.tests.expected);
  const position = positions(program.tests);
  const verdicts = found.map((finding) => verdictOf(finding, position(finding), stage));
  const tests = Math.max(namedTests(program.tests) ?? 0, verdicts.length);
  return { cases: verdicts, tests, isolation: "bridge", sandbox: stage.sandbox };
}

function requestOf({ code, language, limits, prelude = "", tests }: Program<AssertionTests>): ExecutionRequest {
  const { style, source, entryPoint, names, context, asserts, expected } = tests;
  const options = { kind: style, entry_point: entryPoint, names, context, asserts, expected };
  return { language, limits, code, prelude, cases: [{}], tests: { source, options } };
}

/**
 * Gives each test its position: that in `expected` where it is named there, else behind those, as they come. What is
 * known of all tests together stands for the first.
 */
function positions({ expected = [] }: AssertionTests): (finding: Finding) => number {
  const named = new Map(expected.map((id, position) => [id, position]));
  let next = expected.length;
  return ({ id }) => (id === null ? 0 : (named.get(id) ?? next++));
}

/** What became of one test; without an id, what is known of all of them, when none came to be. */
interface Finding {
  readonly id: string | null;
  readonly failure: Failure | null;
  readonly test: TestReport | null;
  readonly evidence: readonly string[];
}

/** `expected`: ids of tests that all have to be seen. */
export function findings(stage: Stage, expected: readonly string[] = []): Finding[] {
  const report = stage.tests?.report ? readReport(stage.tests.report) : null;
  const evidence = report?.evidence ?? [];
  const failed = (failure: Failure): Finding[] => [{ id: null, failure, test: null, evidence }];
  const ended = endOf(stage);
  if (!report) return failed(ended ?? unfinished(stage));
  if (!report.load.ok) return failed(ended ?? loadFailure(report.load.error));
  const seen = report.tests.map((test): Finding => ({
    id: test.id,
    failure: testFailure(test, ended),
    test,
    evidence,
  }));
  const missing = missingTests(expected, report).map((id): Finding => ({
    id,
    failure: { status: "no_tests", message: `${id} was not run` },
    test: null,
    evidence,
  }));
  const all = [...seen, ...missing];
  return all.length > 0 ? all : failed(ended ?? { status: "no_tests", message: "no test was found" });
}

/** A limit, or what else the program did to end its own slot; how its process ends otherwise means nothing. */
function endOf(stage: Stage): Failure | null {
  return stage.status === "runtime_error" ? null : stageFailure(stage);
}

/** The tests never came to their end. That may be the program's doing, so it is its failure. */
function unfinished({ tests }: Stage): Failure {
  if (!tests || tests.status === "ok") return { status: "runtime_error", message: "the tests left no report" };
  return { status: tests.status, message: `the tests did not come to their end: ${tests.message}` };
}

const SYNTAX_ERRORS: ReadonlySet<string> = new Set(["SyntaxError", "IndentationError", "TabError"]);

function loadFailure({ type, message }: { readonly type: string; readonly message: string }): Failure {
  const status = SYNTAX_ERRORS.has(type) ? "compile_error" : "runtime_error";
  return { status, message: `${type}: ${message}` };
}

function testFailure({ status, message }: TestReport, ended: Failure | null): Failure | null {
  switch (status) {
    case "passed":
      return null;
    case "failed":
      return { status: "wrong_answer", message };
    case "error":
      return ended ?? { status: "runtime_error", message };
    case "skipped":
      return { status: "no_tests", message: message || "the test was skipped" };
  }
}

function missingTests(expected: readonly string[], { tests }: BridgeReport): string[] {
  const seen = new Set(tests.map(({ id }) => id));
  return expected.filter((id) => !seen.has(id));
}

/** The verdict that a finding is. */
export function verdictOf({ id, failure, test, evidence }: Finding, index: number, stage: Stage): CaseVerdict {
  const judged = { index, failure, evidence, input: test?.line ?? null, expected: test?.expected ?? null };
  return { ...caseVerdict({ ...judged, output: test?.got ?? null }, stage), id };
}
