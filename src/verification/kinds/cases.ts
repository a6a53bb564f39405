import type { CaseVerdict } from "../../contract/verdict.ts";
import type { ExecutionCase, ExecutionRequest, Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import type { CodeTest } from "../code-tests.ts";
import { CALL_HARNESS } from "../harness/index.ts";
import { type Call, callCase, judgeCall } from "../judge-call.ts";
import { judgeOutput } from "../judge-output.ts";
import type { CaseTests, Submission } from "../submission.ts";
import { compileJudgement, type Judgement, type Run } from "./judgement.ts";

/** Runs the program with every test in a fresh slot, until the first that it does not pass, and compares outside. */
export async function judgeCases(run: Run, submission: Submission & { readonly tests: CaseTests }): Promise<Judgement> {
  const tests = submission.tests.cases;
  const verdicts: CaseVerdict[] = [];
  const hasFailed = (index: number, stage: Stage) => {
    const test = tests[index];
    if (!test) return true;
    const judged = test.kind === "stdin" ? judgeOutput(test.expected, stage) : judgeCall(test.expected, stage);
    const verdict = caseVerdict({ index, input: test.input, expected: test.expected, ...judged }, stage);
    verdicts[index] = verdict;
    return verdict.status !== "passed";
  };
  const result = await run({ ...requestOf(submission), stopAtFirstFailure: true, hasFailed });
  const failed = compileJudgement(result, tests.length, "outside");
  if (failed) return failed;
  const stages = result.cases.filter((stage) => stage !== null);
  // Later ones may have ended before the first failure was known.
  const cases = verdicts.slice(0, stages.length);
  return { cases, tests: tests.length, isolation: "outside", sandbox: stages[0]?.sandbox ?? null };
}

function requestOf(submission: Submission & { readonly tests: CaseTests }): ExecutionRequest {
  const { code, language, limits, prelude, tests } = submission;
  const room = answerRoom(tests.cases);
  const [first] = tests.cases;
  if (first?.kind !== "call") {
    const cases = tests.cases.map((test) => ({ stdin: Buffer.from(test.input), keepBytes: room(test) }));
    return { language, limits, code, ...(prelude === undefined ? {} : { prelude }), cases };
  }
  const calls = tests.cases.filter((test): test is Call => test.kind === "call");
  const cases = calls.map((test): ExecutionCase => callCase(test, { prelude, answerBytes: room(test) }));
  const files = [{ path: "solution.py", data: Buffer.from(code) }];
  return { language, limits, code: CALL_HARNESS, files, cases };
}

/** All answers of a submission together, in bytes. */
const ANSWERS_BYTES = 256 << 20;

/**
 * Bytes of an answer that are looked at. More than a multiple of what is expected cannot be right, and comparing it would
 * only cost time; the more tests there are, the smaller the multiple.
 */
function answerRoom(tests: readonly CodeTest[]): (test: CodeTest) => number {
  const expected = (test: CodeTest) => Buffer.byteLength(test.expected);
  const generous = (test: CodeTest) => 64 * 1024 + 8 * expected(test);
  const sum = tests.reduce((total, test) => total + generous(test), 0);
  return 2 * sum <= ANSWERS_BYTES ? generous : (test) => 4 * 1024 + 2 * expected(test);
}
