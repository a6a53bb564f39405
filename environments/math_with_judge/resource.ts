import { defineResource, SandlotError, withoutDelimiters } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";

const NO_JUDGE = "there is no judge model here: only math-verify decides";

/** NeMo Gym's math_with_judge row. */
const MathWithJudgeRow = z.looseObject({
  question: z.string(),
  expected_answer: z
    .string()
    .refine((text) => withoutDelimiters(text) !== "", "a row without an answer cannot be verified"),
  should_use_judge: z.literal(false, NO_JUDGE).optional(),
});

const Config = z.looseObject({
  should_use_judge: z.boolean(),
  library_verifier_timeout_seconds: z.number().positive().max(600),
});

export default defineResource({
  row: MathWithJudgeRow,

  async verify(ctx, { row, manifest, services, answer }): Promise<Verdict> {
    const { should_use_judge: usesJudge, library_verifier_timeout_seconds: timeoutSeconds } = Config.parse(
      manifest.config,
    );
    if (usesJudge) {
      const fields = [{ field: "config.should_use_judge", problem: NO_JUDGE }];
      throw new SandlotError("invalid_config", { source: `${manifest.name}/environment.yaml`, fields });
    }
    const expected = [row.expected_answer];
    const submitted = { text: answer, expected, extraction: "library", timeoutSeconds } as const;
    const verdict = await services.verifyAnswer(ctx, "comparison", submitted);
    return { ...verdict, metrics: { library_reward: verdict.reward } };
  },
});
