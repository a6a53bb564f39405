import type { CaseVerdict, Verdict } from "../../contract/verdict.ts";
import type { Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { excerpt } from "../compare/index.ts";
import type { Failure } from "../failure.ts";

/** What was found out about an answer. */
export interface AnswerFinding {
  /** What was read as the answer; null when there is none. */
  readonly answer: string | null;
  readonly failure: Failure | null;
  /** Absent when nothing had to be run. */
  readonly stage?: Stage;
}

/** The verdict on an answer to a question that has one right answer, however it may be written. */
export function answerVerdict(expected: readonly string[], { answer, failure, stage }: AnswerFinding): Verdict {
  const wanted = expected.join(" or ");
  const judged = { index: 0, input: null, expected: wanted, output: answer, failure };
  const sandbox = stage?.sandbox;
  return {
    reward: failure ? 0 : 1,
    status: failure ? "failed" : "passed",
    reason: failure?.status ?? null,
    message: failure?.message ?? "the answer is equal to what is expected",
    answer,
    cases: [stage ? caseVerdict(judged, stage) : unrun(wanted, answer, failure)],
    tests: 1,
    isolation: null,
    flaky: false,
    sandbox: sandbox ? { provider: sandbox.provider, mode: sandbox.mode, image: sandbox.image } : null,
  };
}

function unrun(expected: string, answer: string | null, failure: Failure | null): CaseVerdict {
  return {
    index: 0,
    status: failure?.status ?? "passed",
    message: failure?.message ?? "passed",
    times: null,
    memory_peak_bytes: null,
    input: null,
    expected: excerpt(expected),
    output: answer === null ? null : excerpt(answer),
    stderr: null,
    evidence: [],
  };
}
