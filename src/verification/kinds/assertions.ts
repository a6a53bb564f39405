import type { CaseVerdict } from "../../contract/verdict.ts";
import type { ExecutionRequest, Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { type Failure, stageFailure } from "../failure.ts";
import type { AssertionTests, Submission } from "../submission.ts";
import { type BridgeReport, readReport, type TestReport } from "./bridge-report.ts";
import type { Judgement, Run } from "./judgement.ts";

type AssertionSubmission = Submission & { readonly tests: AssertionTests };

/** Runs tests that assert by themselves, in a slot of their own that calls the program's over a bridge. */
export async function judgeAssertions(run: Run, submission: AssertionSubmission): Promise<Judgement> {
  const { cases } = await run(requestOf(submission));
  const [stage] = cases;
  if (!stage) throw new Error("an execution without its case");
  const found = findings(stage, submission.tests);
  const verdicts = found.map((finding, index) => verdictOf(finding, index, stage));
  const tests = Math.max(expectedTests(submission.tests) ?? 0, verdicts.length);
  return { cases: verdicts, tests, isolation: "bridge", sandbox: stage.sandbox };
}

function requestOf({ code, language, limits, prelude = "", tests }: AssertionSubmission): ExecutionRequest {
  const { style, source, entryPoint, names, context, asserts, expected } = tests;
  const options = { kind: style, entry_point: entryPoint, names, context, asserts, expected };
  return { language, limits, code, prelude, cases: [{}], tests: { source, options } };
}

/** How many tests there have to be; null when only running them tells. */
function expectedTests({ style, asserts, expected }: AssertionTests): number | null {
  if (style === "check") return 1;
  return style === "asserts" ? (asserts ?? []).length : (expected?.length ?? null);
}

/** What became of one test; what is known of all of them, when none came to be. */
interface Finding {
  readonly failure: Failure | null;
  readonly test: TestReport | null;
  readonly evidence: readonly string[];
}

function findings(stage: Stage, tests: AssertionTests): Finding[] {
  const report = stage.tests?.report ? readReport(stage.tests.report) : null;
  const evidence = report?.evidence ?? [];
  const failed = (failure: Failure): Finding[] => [{ failure, test: null, evidence }];
  const ended = endOf(stage);
  if (!report) return failed(ended ?? unfinished(stage));
  if (!report.load.ok) return failed(ended ?? loadFailure(report.load.error));
  const seen = report.tests.map((test): Finding => ({ failure: testFailure(test, ended), test, evidence }));
  const missing = missingTests(tests, report).map((id): Finding => ({
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

function missingTests({ expected = [] }: AssertionTests, { tests }: BridgeReport): string[] {
  const seen = new Set(tests.map(({ id }) => id));
  return expected.filter((id) => !seen.has(id));
}

function verdictOf({ failure, test, evidence }: Finding, index: number, stage: Stage): CaseVerdict {
  const judged = { index, failure, evidence, input: test?.line ?? null, expected: test?.expected ?? null };
  return { ...caseVerdict({ ...judged, output: test?.got ?? null }, stage), id: test?.id ?? null };
}
