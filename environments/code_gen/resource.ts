import {
  CodeExtraction,
  defineResource,
  GYM_PRELUDE,
  GymUnitTests,
  OutputComparison,
  Scoring,
  scoringProblem,
  testsOf,
  ValueComparison,
  valuesProblem,
} from "sandlot";
import type { ResourceInput, SubmittedProgram, Verdict } from "sandlot";
import { z } from "zod";
import { breaksReasoningFormat } from "./reasoning-format.ts";

/** NeMo Gym's code_gen row; `limits`, `comparison`, `values`, `extraction` and `scoring` are ours and optional. */
const CodeGenRow = z.looseObject({
  verifier_metadata: z
    .looseObject({
      unit_tests: GymUnitTests,
      difficulty: z.string().nullish(),
      limits: z
        .looseObject({
          time_seconds: z.number().positive().max(600).optional(),
          memory_mb: z.int().min(16).max(65_536).optional(),
        })
        .nullish(),
      comparison: OutputComparison.nullish(),
      values: ValueComparison.nullish(),
      // Prompts of these rows are not programs to be completed.
      extraction: CodeExtraction.exclude(["human_eval_completion"]).nullish(),
      scoring: Scoring.nullish(),
    })
    .superRefine(({ unit_tests: tests, comparison, values, scoring }, context) => {
      const problem = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
      if (comparison && tests.fn_name) problem("comparison", "is for standard output, and fn_name asks for a function");
      const wrong = values === "exact" && valuesProblem(testsOf(tests));
      if (wrong) problem("values", wrong);
      const misfit = scoring && scoringProblem(scoring, tests.inputs.length);
      if (misfit) problem("scoring", misfit);
    }),
});
type CodeGenRow = z.infer<typeof CodeGenRow>;

const Config = z.looseObject({ unit_test_timeout_secs: z.number().positive(), reasoning_format_penalty: z.number() });

/** Waiting, unlike computing, is free; but not for ever: wall time is this multiple of the processor time allowed. */
const WALL_FACTOR = 2;
const WALL_EXTRA_MS = 1_000;
const MIB = 1 << 20;

export default defineResource({
  row: CodeGenRow,

  async verify(ctx, { row, manifest, services, response, answer }): Promise<Verdict> {
    const { unit_tests: tests, comparison, values, extraction, scoring } = row.verifier_metadata;
    const broken = breaksReasoningFormat(response, answer);
    const metrics = { reasoning_format_violation_rate: broken ? 1 : 0 };
    const verdict = await services.verify(ctx, "candidate", {
      code: { answer, extraction: extraction ?? "gym_last_two_fences" },
      language: "python",
      prelude: GYM_PRELUDE,
      tests: { kind: "cases", cases: testsOf(tests), comparison: comparison ?? undefined, values: values ?? undefined },
      scoring: scoring ?? undefined,
      limits: limitsOf({ row, manifest }),
    });
    if (!broken || verdict.answer === null) return { ...verdict, metrics };
    const { reasoning_format_penalty: reward } = Config.parse(manifest.config);
    return { ...verdict, reward, metrics, message: `${verdict.message}; the reasoning format is broken` };
  },
});

function limitsOf({ row, manifest }: Pick<ResourceInput<CodeGenRow>, "row" | "manifest">): SubmittedProgram["limits"] {
  const own = row.verifier_metadata.limits;
  const cpuMs = Math.round((own?.time_seconds ?? Config.parse(manifest.config).unit_test_timeout_secs) * 1000);
  const times = { cpuMs, wallMs: cpuMs * WALL_FACTOR + WALL_EXTRA_MS };
  if (own?.memory_mb === undefined) return times;
  // A row may ask for less memory than the sandbox has, never for more.
  const most = manifest.sandboxes["candidate"]?.memory_mb ?? Infinity;
  return { ...times, memoryBytes: Math.min(own.memory_mb, most) * MIB };
}
