import type { Verdict } from "../contract/verdict.ts";
import type { Judgement } from "./kinds/judgement.ts";
import { namedTests } from "./named-tests.ts";
import { needsEveryCase, rewardOf, type Scoring } from "./score/index.ts";
import type { Program, Tests } from "./submission.ts";

/** The verdict on an answer that nothing could be judged in. */
export function unanswered(message: string, tests: number): Verdict {
  return {
    reward: 0,
    status: "failed",
    reason: "wrong_answer",
    message,
    answer: null,
    cases: [],
    tests,
    flaky: false,
    sandbox: null,
  };
}

/** The verdict on a program. It has passed when every test has, whatever the tests pay one by one. */
export function verdictOf(program: Program<Tests>, judgement: Judgement, scoring: Scoring): Verdict {
  const { cases, tests, isolation, sandbox } = judgement;
  const failed = cases.find(({ status }) => status !== "passed");
  const passed = !failed && cases.length === tests;
  return {
    reward: needsEveryCase(scoring) ? partialReward(program, judgement, scoring) : Number(passed),
    status: passed ? "passed" : "failed",
    reason: failed?.status ?? (passed ? null : "no_tests"),
    message: messageOf(judgement, scoring),
    answer: program.code,
    cases: [...cases],
    tests,
    flaky: false,
    isolation,
    sandbox: sandbox ? { provider: sandbox.provider, mode: sandbox.mode, image: sandbox.image } : null,
  };
}

/** The verdict of all repeats: the first, or the first that paid least, marked as flaky, where they disagree about any test. */
export function agreed(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts;
  if (!first) throw new RangeError("no verdict");
  const opinion = ({ reward, cases }: Verdict) => JSON.stringify([reward, cases.map(({ status }) => status)]);
  if (verdicts.every((verdict) => opinion(verdict) === opinion(first))) return first;
  const least = verdicts.reduce((worst, verdict) => (verdict.reward < worst.reward ? verdict : worst));
  const passed = verdicts.filter(({ status }) => status === "passed").length;
  return { ...least, flaky: true, message: `${passed} of ${verdicts.length} repeats passed; ${least.message}` };
}

/** Tests beyond those that the submission names pay nothing: nobody has said what they are worth. */
function partialReward(program: Program<Tests>, { cases, tests }: Judgement, scoring: Scoring): number {
  const named = namedTests(program.tests) ?? tests;
  return rewardOf(
    cases.filter(({ index }) => index < named),
    named,
    scoring,
  );
}

function messageOf({ cases, tests }: Judgement, scoring: Scoring): string {
  const failed = cases.find(({ status }) => status !== "passed");
  if (!failed) return `all ${tests} tests passed`;
  if (tests === 1) return failed.message;
  const first = `test ${failed.index + 1} of ${tests}: ${failed.message}`;
  if (!needsEveryCase(scoring)) return first;
  return `${cases.filter(({ status }) => status === "passed").length} of ${tests} tests passed; ${first}`;
}
