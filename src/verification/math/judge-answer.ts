import { CaseVerdict, type Verdict } from "../../contract/verdict.ts";
import type { Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { excerpt } from "../compare/excerpt.ts";
import type { Failure } from "../failure.ts";
import type { Run } from "../kinds/judgement.ts";
import { compare } from "./comparison.ts";
import { lastBoxed, lastNumber, withoutDelimiters } from "./extract.ts";
import { quickComparison } from "./quick.ts";
import type { AnswerSubmission } from "./submission.ts";

/**
 * Whether a text answers as expected, by math-verify in a sandbox wherever that is not plain to see. The answer is to blame
 * for a comparison that fails; faults of the sandbox, and expected answers that nothing can be compared with, are thrown.
 */
export async function judgeAnswer(run: Run, submission: AnswerSubmission): Promise<Verdict> {
  const expected = submission.expected.map(withoutDelimiters);
  const found = extract(submission);
  if (found.text === null) return verdictOf(expected, { answer: null, failure: wrong(found.missing), stage: null });
  const { text, box } = found;
  const quick = expected.map((one) => quickComparison(text, box, one));
  if (quick.includes(true)) return verdictOf(expected, { answer: box, failure: null, stage: null });
  if (!quick.includes(null)) return verdictOf(expected, { answer: box, failure: wrong(DIFFERENT), stage: null });
  const { equal, extracted, failure, stage } = await compare(run, { ...submission, expected, text });
  const answer = extracted ?? box;
  return verdictOf(expected, { answer, failure: equal ? null : (failure ?? wrong(DIFFERENT)), stage });
}

const DIFFERENT = "the answer is not equal to what is expected";

/** The text in which math-verify looks for the answer, and what its last box holds. */
type Extracted = { readonly text: string; readonly box: string } | { readonly text: null; readonly missing: string };

function extract({ text, extraction }: AnswerSubmission): Extracted {
  const answer = extraction === "last_number" ? lastNumber(text) : lastBoxed(text);
  if (answer === null) {
    return {
      text: null,
      missing: extraction === "last_number" ? "the answer has no number" : "the answer has no \\boxed{…}",
    };
  }
  return { text: extraction === "library" ? text : `\\boxed{${answer}}`, box: answer };
}

function wrong(message: string): Failure {
  return { status: "wrong_answer", message };
}

interface Finding {
  readonly answer: string | null;
  readonly failure: Failure | null;
  /** Null when nothing had to be run. */
  readonly stage: Stage | null;
}

function verdictOf(expected: readonly string[], { answer, failure, stage }: Finding): Verdict {
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
