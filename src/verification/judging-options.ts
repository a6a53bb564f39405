import { z } from "zod";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { valuesProblem } from "./code-tests.ts";
import { DEFAULT_COMPARISON, OutputComparison, ValueComparison } from "./compare/index.ts";
import { CodeExtraction } from "./extract/index.ts";
import { namedTests } from "./named-tests.ts";
import { DEFAULT_SCORING, needsEveryCase, Scoring, scoringProblem } from "./score/index.ts";
import type { Submission } from "./submission.ts";

const JudgingOptions = z.object({
  comparison: OutputComparison.default(DEFAULT_COMPARISON),
  values: ValueComparison.default("gym"),
  extraction: CodeExtraction.default("last_fence"),
  scoring: Scoring.default(DEFAULT_SCORING),
  repeat: z.int().min(1).max(100).default(1),
});
/** How a submission is to be judged, with nothing left open. */
export type JudgingOptions = z.infer<typeof JudgingOptions>;

/**
 * Reads the options of a submission. Environments may be plain JavaScript, and an unknown rule must not pass anybody:
 * throws `resource_failed`, which names the field.
 */
export function judgingOptions(submission: Submission): JudgingOptions {
  const { code, scoring, tests, repeat } = submission;
  const read = JudgingOptions.safeParse({
    comparison: tests.kind === "cases" ? tests.comparison : undefined,
    values: tests.kind === "cases" ? tests.values : undefined,
    extraction: typeof code === "string" ? undefined : code.extraction,
    scoring,
    repeat,
  });
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`);
    throw refused(submission, problems.join("; "));
  }
  const problem = misfit(submission, read.data);
  if (problem !== null) throw refused(submission, problem);
  return read.data;
}

/** Why the options do not fit the tests; null when they do. */
function misfit({ language, tests }: Submission, { scoring }: JudgingOptions): string | null {
  if (tests.kind === "cases" && tests.comparison && tests.cases.some(({ kind }) => kind !== "stdin")) {
    return "comparison: is for tests by standard output; returned values have a rule of their own";
  }
  const wrong = tests.kind === "cases" && tests.values === "exact" && valuesProblem(tests.cases);
  if (wrong) return `values: ${wrong}`;
  if (tests.kind === "program" && tests.language !== language) {
    return `language: must be ${tests.language}, as the tests'`;
  }
  const named = namedTests(tests);
  if (named === null) {
    return needsEveryCase(scoring) ? `scoring: ${scoring.scheme} needs tests that are named in expected` : null;
  }
  const problem = scoringProblem(scoring, named);
  return problem === null ? null : `scoring: ${problem}`;
}

function refused({ resource }: Submission, detail: string): SandlotError {
  return new SandlotError("resource_failed", { environment: resource, detail });
}
