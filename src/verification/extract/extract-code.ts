import { z } from "zod";
import { extractEvalPlus } from "./evalplus.ts";
import { EMPTY_ANSWER, type Extraction, found, missing } from "./extraction.ts";
import { extractGymCode } from "./gym-last-two-fences.ts";
import { extractCompletion } from "./human-eval-completion.ts";
import { extractLastFence } from "./last-fence.ts";

/** How a program is taken out of an answer; each strategy's function says it. `whole` takes the answer as it is. */
export const CodeExtraction = z
  .enum(["last_fence", "gym_last_two_fences", "evalplus", "human_eval_completion", "whole"])
  .meta({ id: "CodeExtraction" });
export type CodeExtraction = z.infer<typeof CodeExtraction>;

/** What strategies may know of the task. */
export interface CodeExtractionOptions {
  /** The language asked for, by any name: `last_fence`. */
  readonly language?: string;
  /** What the answer completes: `evalplus`; `human_eval_completion` needs it. */
  readonly prompt?: string;
  /** The function to complete: `human_eval_completion` needs it. */
  readonly entryPoint?: string;
}

/**
 * Takes the program out of an answer, in one pass. Throws TypeError when the strategy needs options that are not
 * given.
 */
export function extractCode(
  strategy: CodeExtraction,
  answer: string,
  { language, prompt, entryPoint }: CodeExtractionOptions = {},
): Extraction {
  switch (strategy) {
    case "last_fence":
      return extractLastFence(answer, language);
    case "gym_last_two_fences":
      return extractGymCode(answer);
    case "evalplus":
      return extractEvalPlus(answer, prompt);
    case "human_eval_completion":
      if (prompt === undefined || !entryPoint) throw new TypeError(`${strategy} needs prompt and entryPoint`);
      return extractCompletion(answer, { prompt, entryPoint });
    case "whole":
      return answer.trim() === "" ? missing(EMPTY_ANSWER) : found(answer);
  }
}
