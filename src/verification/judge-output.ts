import type { Stage } from "../execution/index.ts";
import type { Judged } from "./case-verdict.ts";
import { compareStdout, type OutputComparison, textOf } from "./compare/index.ts";
import { stageFailure } from "./failure.ts";

/** Compares what a run has printed with what the test expects, by the rule. Runs outside every sandbox. */
export function judgeOutput(comparison: OutputComparison, expected: string, stage: Stage): Judged {
  const output = textOf(stage.stdout);
  const failure = stageFailure(stage);
  if (failure) return { output, failure };
  if (stage.stdout.dropped > 0) {
    return { output, failure: { status: "wrong_answer", message: "far more output than expected" } };
  }
  const difference = compareStdout(comparison, output, expected);
  if (difference === null) return { output, failure: null };
  return { output, failure: { status: "wrong_answer", message: difference.message }, difference };
}
