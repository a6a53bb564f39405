import { pythonRegexProblem, translatePythonRegex } from "sandlot";
import { z } from "zod";

/** How a letter is read out of an answer. */
export const GradingMode = z.enum([
  "strict_single_letter_boxed",
  "lenient_boxed",
  "lenient_answer_colon",
  "lenient_answer_colon_md",
]);
export type GradingMode = z.infer<typeof GradingMode>;

/** An option's letter and its text. */
export interface Option {
  readonly letter: string;
  readonly text: string;
}

/** A pattern of Python's `re` with at most one group: what it captures is the answer. */
const OutputRegex = z.string().superRefine((pattern, check) => {
  const problem = pythonRegexProblem(pattern);
  if (problem !== null) check.addIssue({ code: "custom", message: `is no pattern: ${problem}` });
  else if (translatePythonRegex(pattern).groups > 1) {
    check.addIssue({ code: "custom", message: "has more than one group, so it names no answer" });
  }
});

const Options = z.array(z.record(z.string(), z.string().nullable()));

/** NeMo Gym's mcqa row. */
export const McqaRow = z
  .looseObject({
    uuid: z.string().nullish(),
    options: Options.nullish(),
    expected_answer: z.string(),
    grading_mode: GradingMode.default("strict_single_letter_boxed"),
    template_metadata: z
      .looseObject({
        output_regex: z.union([OutputRegex, z.array(OutputRegex).min(1)]).optional(),
        answer_prefix: z.string().nullish(),
      })
      .nullish(),
  })
  .superRefine((row, check) => {
    const gold = goldOf(row.expected_answer);
    const anyLetter = row.template_metadata?.output_regex !== undefined && /^\p{L}$/u.test(gold);
    if (anyLetter || optionsOf(row.options).some(({ letter }) => letter === gold)) return;
    const message = `must be the letter of one of the options, but is ${JSON.stringify(row.expected_answer)}`;
    check.addIssue({ code: "custom", path: ["expected_answer"], message });
  });
export type McqaRow = z.infer<typeof McqaRow>;

/** The right letter, as it is compared. */
export function goldOf(expected: string): string {
  return expected.trim().toUpperCase();
}

/** The options that have a letter and a text, in order. */
export function optionsOf(options: McqaRow["options"]): Option[] {
  return (options ?? []).flatMap((entry) =>
    Object.entries(entry).flatMap(([key, text]) =>
      /^\p{L}$/u.test(key) && text !== null ? [{ letter: key.toUpperCase(), text }] : [],
    ),
  );
}
