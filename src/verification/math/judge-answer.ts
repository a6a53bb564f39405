import type { Verdict } from "../../contract/verdict.ts";
import { pythonStrip } from "../compare/index.ts";
import { extractAnswer } from "../extract/index.ts";
import type { Failure } from "../failure.ts";
import type { Run } from "../kinds/judgement.ts";
import { gymLastBoxed } from "../text/gym-boxed.ts";
import { answerVerdict } from "./answer-verdict.ts";
import { compare } from "./comparison.ts";
import { quickComparison } from "./quick.ts";
import type { AnswerSubmission } from "./submission.ts";
import { withoutDelimiters } from "./without-delimiters.ts";

/**
 * Whether a text answers as expected, by math-verify in a sandbox wherever that is not plain to see. The answer is to blame
 * for a comparison that fails; faults of the sandbox, and expected answers that nothing can be compared with, are thrown.
 */
export async function judgeAnswer(run: Run, submission: AnswerSubmission): Promise<Verdict> {
  const expected = submission.expected.map(withoutDelimiters);
  const found = extract(submission);
  if (found.text === null) return answerVerdict(expected, { answer: null, failure: wrong(found.missing) });
  const { text, box } = found;
  const quick = new Set(expected.map((one) => quickComparison(text, box, one)));
  if (quick.has(true)) return answerVerdict(expected, { answer: box, failure: null });
  if (!quick.has(null)) return answerVerdict(expected, { answer: box, failure: wrong(DIFFERENT) });
  const { equal, extracted, failure, stage } = await compare(run, { ...submission, expected, text });
  const answer = extracted ?? box;
  return answerVerdict(expected, { answer, failure: equal ? null : (failure ?? wrong(DIFFERENT)), stage });
}

const DIFFERENT = "the answer is not equal to what is expected";

/** The text in which math-verify looks for the answer, and what is the answer as far as we can tell. */
type Extracted = { readonly text: string; readonly box: string } | { readonly text: null; readonly missing: string };

function extract({ text, extraction }: AnswerSubmission): Extracted {
  if (extraction === "library") {
    const box = pythonStrip(gymLastBoxed(text) ?? "");
    return box === "" ? { text: null, missing: "the answer has no \\boxed{…}" } : { text, box };
  }
  const { answer, problem } = extractAnswer(extraction, text);
  return answer === null ? { text: null, missing: problem } : { text: `\\boxed{${answer}}`, box: answer };
}

function wrong(message: string): Failure {
  return { status: "wrong_answer", message };
}
