import type { CaseStatus, Verdict } from "../contract/verdict.ts";

export interface JudgedText {
  readonly reward: number;
  /** Whether the answer counts as right. A right answer may still get less than the highest reward. */
  readonly passed: boolean;
  readonly message: string;
  /** What was extracted from the response. */
  readonly answer: string | null;
  /** Why it failed; `wrong_answer` unless said. */
  readonly reason?: CaseStatus;
  readonly tests?: number;
  readonly metrics?: Verdict["metrics"];
  readonly rewardComponents?: Verdict["reward_components"];
}

/** The verdict of a verifier that reads the answer and runs nothing. */
export function judgedText(judged: JudgedText): Verdict {
  return {
    reward: judged.reward,
    status: judged.passed ? "passed" : "failed",
    reason: judged.passed ? null : (judged.reason ?? "wrong_answer"),
    message: judged.message,
    answer: judged.answer,
    cases: [],
    tests: judged.tests ?? 1,
    ...(judged.rewardComponents ? { reward_components: judged.rewardComponents } : {}),
    ...(judged.metrics ? { metrics: judged.metrics } : {}),
    isolation: null,
    flaky: false,
    sandbox: null,
  };
}
