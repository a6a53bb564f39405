import { defineResource, judgedText } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";
import { type Call, countMatches, expectedCall, predictedCalls } from "./calls.ts";

const Arguments = z.record(z.string(), z.unknown());

/** NeMo Gym's xlam_fc row. No expected call means that the right thing is to call nothing. */
const XlamRow = z.looseObject({
  expected_answers: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        arguments: z
          .union([
            Arguments,
            z.string().refine((text) => expectedCall({ name: "", arguments: text }) !== null, "is no JSON object"),
          ])
          .default({}),
      }),
    )
    .default([]),
});

export default defineResource({
  row: XlamRow,
  // The functions of a row are declared and not implemented; NeMo Gym answers every call so.
  missingTool: JSON.stringify({ detail: "Not Found" }),

  verify: async (_ctx, { row, response }): Promise<Verdict> => {
    const expected = row.expected_answers.map(expectedCall).filter((call): call is Call => call !== null);
    const predicted = predictedCalls(response.output);
    const correct = countMatches(expected, predicted);
    const passed = correct === expected.length && predicted.length === expected.length;
    return judgedText({
      reward: passed ? 1 : 0,
      passed,
      message: `${correct} of ${expected.length} expected calls among ${predicted.length}`,
      answer: JSON.stringify(predicted.map(({ name, text }) => ({ name, arguments: text }))),
      metrics: { num_expected: expected.length, num_predicted: predicted.length, num_correct: correct },
    });
  },
});
