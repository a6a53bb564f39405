import { z } from "zod";
import { afterMarker } from "./after-marker.ts";
import { lastBoxed } from "./boxed.ts";
import { EMPTY_ANSWER } from "./extraction.ts";
import { gsm8kNumber, lastNumber } from "./numbers.ts";
import { withoutReasoning } from "./reasoning.ts";

/** How a short final answer is taken out of a text; each strategy's function says it. Reasoning is left out by all. */
export const AnswerExtraction = z
  .enum(["boxed", "last_number", "gsm8k", "after_marker"])
  .meta({ id: "AnswerExtraction" });
export type AnswerExtraction = z.infer<typeof AnswerExtraction>;

/** A final answer, or why there is none. */
export type ExtractedAnswer =
  | { readonly answer: string; readonly problem: null }
  | { readonly answer: null; readonly problem: string };

export interface AnswerExtractionOptions {
  /** For `after_marker`; `Answer:` by default, case matters. */
  readonly marker?: string;
}

/** Takes the final answer out of a text, in one pass. */
export function extractAnswer(
  strategy: AnswerExtraction,
  text: string,
  { marker = "Answer:" }: AnswerExtractionOptions = {},
): ExtractedAnswer {
  const final = withoutReasoning(text);
  if (final.trim() === "") return { answer: null, problem: EMPTY_ANSWER };
  const answer = take(strategy, final, marker);
  return answer === null || answer === "" ? { answer: null, problem: PROBLEMS[strategy] } : { answer, problem: null };
}

const PROBLEMS: Readonly<Record<AnswerExtraction, string>> = {
  boxed: "the answer ends without a \\boxed{} that is closed and not empty",
  last_number: "the answer has no number",
  gsm8k: "the answer has no number behind ####",
  after_marker: "the answer has nothing behind its marker",
};

function take(strategy: AnswerExtraction, text: string, marker: string): string | null {
  switch (strategy) {
    case "boxed":
      return lastBoxed(text);
    case "last_number":
      return lastNumber(text);
    case "gsm8k":
      return gsm8kNumber(text);
    case "after_marker":
      return afterMarker(text, marker);
  }
}
