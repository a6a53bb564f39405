import { defineResource, judgedText } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";
import { gradeAnswer } from "./compare.ts";
import { assistantText, extractAnswer, ExtractionMode } from "./extract.ts";

/** NeMo Gym's string_match row. */
const StringMatchRow = z.looseObject({
  expected_answer: z.string().regex(/\S/, "must not be blank"),
  extraction_mode: ExtractionMode.default("final_answer"),
  case_sensitive: z.boolean().default(false),
});

export default defineResource({
  row: StringMatchRow,

  verify: async (_ctx, { row, response }): Promise<Verdict> => {
    const answer = extractAnswer(assistantText(response), row.extraction_mode);
    if (answer === null) {
      const message = `no answer found (${row.extraction_mode})`;
      return judgedText({ reward: 0, passed: false, message, answer });
    }
    const reward = gradeAnswer(answer, row.expected_answer, row.case_sensitive);
    const message =
      reward === 1 ? "the expected answer" : reward > 0 ? "close to the expected number" : "another answer";
    return judgedText({ reward, passed: reward > 0, message, answer });
  },
});
