import { defineResource, judgedText, pythonStrip } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";
import { answerColonLetter, markedAnswerLetter } from "./answer-colon.ts";
import { lenientBoxedLetter, strictBoxedLetter } from "./boxed-letter.ts";
import { GradingMode, goldOf, McqaRow, type Option, optionsOf } from "./row.ts";
import { templateLetter } from "./template-letter.ts";

const Config = z.looseObject({ grading_mode: GradingMode.nullish() });

export default defineResource({
  row: McqaRow,

  async verify(ctx, { row, manifest, answer }): Promise<Verdict> {
    const text = pythonStrip(answer);
    const options = optionsOf(row.options);
    const gold = goldOf(row.expected_answer);
    const template = await templateLetter(ctx, row, options, text);
    if (template.overrun) {
      const message = "the row's output_regex did not finish on this answer";
      return judgedText({ reward: 0, passed: false, reason: "time_limit", message, answer: null });
    }
    const mode = Config.parse(manifest.config).grading_mode ?? row.grading_mode;
    const letter = template.letter ?? letterBy(mode, text, options, row.template_metadata?.answer_prefix ?? null);
    const passed = letter === gold;
    const message = letter === null ? `no letter found (${mode})` : `the answer is ${letter}`;
    return judgedText({ reward: passed ? 1 : 0, passed, message, answer: letter });
  },
});

function letterBy(mode: GradingMode, text: string, options: readonly Option[], prefix: string | null): string | null {
  switch (mode) {
    case "strict_single_letter_boxed":
      return strictBoxedLetter(text, options);
    case "lenient_boxed":
      return lenientBoxedLetter(text, options);
    case "lenient_answer_colon":
      return answerColonLetter(text, options);
    case "lenient_answer_colon_md":
      return markedAnswerLetter(text, options, prefix);
  }
}
