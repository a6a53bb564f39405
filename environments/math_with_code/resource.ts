import { answerVerdict, defineResource, sameAnswer } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";
import { boxedAnswer } from "./boxed-answer.ts";
import { toolText } from "./tool-text.ts";

/** NeMo Gym's math_with_code row. */
const MathWithCodeRow = z.looseObject({
  expected_result: z.string().refine((text) => text.trim() !== "", "a row without an answer cannot be verified"),
  expected_code_contains: z.string().optional().describe("Without effect, as in NeMo Gym."),
});

const Config = z.looseObject({ max_execution_time: z.number().positive().max(600) });

/** Waiting, unlike computing, is free; but not for ever: time on the clock is this multiple of the processor time. */
const WALL_FACTOR = 2;
const WALL_EXTRA_SECONDS = 1;

export default defineResource({
  row: MathWithCodeRow,

  // Here and not at the first call: waiting for a place is not the policy's time.
  async seed(ctx, { manifest, services }) {
    const { max_execution_time: cpuSeconds } = Config.parse(manifest.config);
    const wallSeconds = WALL_FACTOR * cpuSeconds + WALL_EXTRA_SECONDS;
    return services.openSession(ctx, "session", { language: "python", cpuSeconds, wallSeconds });
  },

  tools: {
    execute_python: {
      description:
        "Execute Python code to perform calculations. Names are kept between calls; numpy, scipy, pandas and sympy are there.",
      arguments: z.looseObject({ code: z.string() }),
      run: async (ctx, { state, arguments: { code } }) => toolText(await state.call(ctx, code)),
    },
  },

  async verify(_ctx, { row, response }): Promise<Verdict> {
    const answer = boxedAnswer(response.output);
    const right = answer !== null && sameAnswer(answer, row.expected_result);
    const message = answer === null ? "the answer has no \\boxed{…}" : "the answer is not equal to what is expected";
    const failure = right ? null : ({ status: "wrong_answer", message } as const);
    const verdict = answerVerdict([row.expected_result], { answer, failure });
    return { ...verdict, metrics: { accuracy: right ? 1 : 0 } };
  },

  close: (ctx, session) => session.close(ctx),
});
