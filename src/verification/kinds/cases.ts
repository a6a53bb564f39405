import type { CaseVerdict } from "../../contract/verdict.ts";
import type { ExecutionCase, ExecutionRequest, Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import type { CodeTest } from "../code-tests.ts";
import { CALL_HARNESS } from "../harness/index.ts";
import { type Call, callCase, judgeCall } from "../judge-call.ts";
import { judgeOutput } from "../judge-output.ts";
import type { JudgingOptions } from "../judging-options.ts";
import { needsEveryCase } from "../score/index.ts";
import type { CaseTests, Program } from "../submission.ts";
import { compileJudgement, type Judgement, type Run } from "./judgement.ts";

/**
 * Runs the program with every test in a fresh slot and compares outside; until the first that it does not pass, where the
 * rest cannot change the reward.
 */
export async function judgeCases(
  run: Run,
  program: Program<CaseTests>,
  { comparison, scoring, values }: JudgingOptions,
): Promise<Judgement> {
  const tests = program.tests.cases;
  const judge = (test: CodeTest, index: number, stage: Stage) => {
    const { expected, input } = test;
    const judged =
      test.kind === "stdin" ? judgeOutput(comparison, expected, stage) : judgeCall(expected, stage, values);
    return caseVerdict({ index, input, expected, ...judged }, stage);
  };
  const verdicts: CaseVerdict[] = [];
  const isOver = needsEveryCase(scoring) ? outOfPatience() : () => true;
  const hasFailed = (index: number, stage: Stage) => {
    const test = tests[index];
    if (!test) return true;
    const verdict = judge(test, index, stage);
    verdicts[index] = verdict;
    return verdict.status !== "passed" && isOver(stage);
  };
  const result = await run({ ...requestOf(program, values), stopAtFirstFailure: true, hasFailed });
  const failed = compileJudgement(result, tests.length, "outside");
  if (failed) return failed;
  // Later ones than the last that counts may have ended before that was known; and of a single one nobody has asked.
  const cases = tests.flatMap((test, index): CaseVerdict[] => {
    const stage = result.cases[index];
    return stage ? [verdicts[index] ?? judge(test, index, stage)] : [];
  });
  const [stage] = result.cases;
  return { cases, tests: tests.length, isolation: "outside", sandbox: stage?.sandbox ?? null };
}

/** Time that failed tests of a program may take together, in milliseconds of their runs. */
const FAILED_MS = 10 * 60_000;

/**
 * Asked after each failed test: whether there have been enough. A program that holds out in every test would reach the
 * caller's deadline, and have bought an error.
 */
export function outOfPatience(): (stage: Stage) => boolean {
  let spentMs = 0;
  return ({ times }) => (spentMs += times.wallMs) > FAILED_MS;
}

function requestOf(
  { code, language, limits, prelude, tests }: Program<CaseTests>,
  values: JudgingOptions["values"],
): ExecutionRequest {
  const room = answerRoom(tests.cases);
  const [first] = tests.cases;
  if (first?.kind !== "call") {
    const cases = tests.cases.map((test) => ({ stdin: Buffer.from(test.input), keepBytes: room(test) }));
    return { language, limits, code, ...(prelude === undefined ? {} : { prelude }), cases };
  }
  const calls = tests.cases.filter((test): test is Call => test.kind === "call");
  const cases = calls.map((test): ExecutionCase => callCase(test, { prelude, answerBytes: room(test), values }));
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
