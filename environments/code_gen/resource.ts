import { defineResource, extractGymCode, GYM_PRELUDE, GymUnitTests, testsOf, unanswered } from "sandlot";
import type { ResourceInput, SubmittedProgram, Verdict } from "sandlot";
import { z } from "zod";
import { breaksReasoningFormat } from "./reasoning-format.ts";

/** NeMo Gym's code_gen row; `limits` is ours and optional. */
const CodeGenRow = z.looseObject({
  verifier_metadata: z.looseObject({
    unit_tests: GymUnitTests,
    difficulty: z.string().nullish(),
    limits: z
      .looseObject({
        time_seconds: z.number().positive().max(600).optional(),
        memory_mb: z.int().min(16).max(65_536).optional(),
      })
      .nullish(),
  }),
});
type CodeGenRow = z.infer<typeof CodeGenRow>;

const Config = z.looseObject({ unit_test_timeout_secs: z.number().positive(), reasoning_format_penalty: z.number() });

const OUTPUT_BYTES = 16 << 20;
const DISK_BYTES = 32 << 20;
const OPEN_FILES = 256;

/** Waiting, unlike computing, is free; but not for ever: wall time is this multiple of the processor time allowed. */
const WALL_FACTOR = 2;
const WALL_EXTRA_MS = 1_000;

export default defineResource({
  row: CodeGenRow,

  async verify(ctx, { row, manifest, services, response, answer }): Promise<Verdict> {
    const tests = testsOf(row.verifier_metadata.unit_tests);
    const { code, problem } = extractGymCode(answer);
    const broken = breaksReasoningFormat(response, answer);
    const metrics = { reasoning_format_violation_rate: broken ? 1 : 0 };
    if (code === null) return { ...unanswered(problem ?? "no program", tests.length), metrics };
    const verdict = await services.verify(ctx, "candidate", {
      code,
      language: "python",
      prelude: GYM_PRELUDE,
      tests: { kind: "cases", cases: tests },
      limits: limitsOf({ row, manifest }),
    });
    if (!broken) return { ...verdict, metrics };
    const { reasoning_format_penalty: reward } = Config.parse(manifest.config);
    return { ...verdict, reward, metrics, message: `${verdict.message}; the reasoning format is broken` };
  },
});

function limitsOf({ row, manifest }: Pick<ResourceInput<CodeGenRow>, "row" | "manifest">): SubmittedProgram["limits"] {
  const own = row.verifier_metadata.limits;
  const sandbox = manifest.sandboxes["candidate"];
  const cpuMs = Math.round((own?.time_seconds ?? Config.parse(manifest.config).unit_test_timeout_secs) * 1000);
  const memoryMb = Math.min(own?.memory_mb ?? Infinity, sandbox?.memory_mb ?? 512);
  return {
    cpuMs,
    wallMs: cpuMs * WALL_FACTOR + WALL_EXTRA_MS,
    memoryBytes: memoryMb << 20,
    outputBytes: OUTPUT_BYTES,
    processes: sandbox?.processes ?? 64,
    diskBytes: DISK_BYTES,
    openFiles: OPEN_FILES,
  };
}
