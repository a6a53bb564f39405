import { type CallContext, matchBounded, pythonRegexProblem, pythonStrip, translatePythonRegex } from "sandlot";
import { z } from "zod";

/** The pattern of a row took too long on an answer; what it asked for counts as not followed. */
export class PatternOverrun extends Error {}

/**
 * A keyword, without blanks at its ends. IFEval takes it for a pattern of Python's `re`, so what it makes of it has to
 * be one.
 */
export function keywordFor(patternOf: (keyword: string) => string) {
  return z
    .string()
    .transform(pythonStrip)
    .superRefine((keyword, check) => {
      const problem = keyword === "" ? "must not be blank" : pythonRegexProblem(patternOf(keyword));
      if (problem !== null) check.addIssue({ code: "custom", message: `is no keyword: ${problem}` });
    });
}

export const Keyword = keywordFor((keyword) => keyword);

/** How often a pattern of the row matches, without regard to case unless `exact`. */
export async function occurrences(ctx: CallContext, pattern: string, text: string, exact = false): Promise<number> {
  const found = await matchBounded(ctx, translatePythonRegex(pattern, { ignoreCase: !exact }), text);
  if (found === null) throw new PatternOverrun(`the pattern ${JSON.stringify(pattern)} did not finish on this answer`);
  return found.count;
}
