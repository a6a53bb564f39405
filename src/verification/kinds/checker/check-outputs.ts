import { SandlotError } from "../../../core/errors/sandlot-error.ts";
import type { ExecutionCase, ExecutionRequest, Stage } from "../../../execution/index.ts";
import type { Checker, CheckerCase } from "../../submission.ts";
import type { Run } from "../judgement.ts";
import { type Opinion, opinionOf } from "./opinion.ts";

/** An output that is to be looked at, with the case that it is for. */
export interface CheckedOutput {
  readonly test: CheckerCase;
  readonly output: Uint8Array;
}

/** Of what a checker says; only its first line is shown. */
const KEPT_BYTES = 16 * 1024;

/**
 * Opinions on outputs by their place, as far as they were looked at: until one is not accepted and `isOver`. The checker is compiled once. Throws `verifier_failed` when it does not compile.
 */
export async function checkOutputs(
  judge: Run,
  checker: Checker,
  outputs: readonly CheckedOutput[],
  isOver: (stage: Stage) => boolean,
): Promise<readonly (Opinion | null)[]> {
  const { fullPoints = 1 } = checker;
  const { compile, cases } = await judge({
    ...requestOf(checker, outputs),
    stopAtFirstFailure: true,
    hasFailed: (_index, stage) => opinionOf(stage, fullPoints).kind !== "accepted" && isOver(stage),
  });
  if (compile && compile.status !== "ok") {
    throw new SandlotError("verifier_failed", { detail: `the checker does not compile: ${compile.message}` });
  }
  return cases.map((stage) => stage && opinionOf(stage, fullPoints));
}

function requestOf(checker: Checker, outputs: readonly CheckedOutput[]): ExecutionRequest {
  const { code, language, image, limits = {}, files = {} } = checker;
  return {
    language,
    code,
    limits,
    ...(image ? { image } : {}),
    files: Object.entries(files).map(([path, text]) => ({ path, data: Buffer.from(text) })),
    cases: outputs.map(caseOf),
    keepBytes: KEPT_BYTES,
  };
}

const INPUT = "input.txt";
const OUTPUT = "output.txt";
const ANSWER = "answer.txt";

function caseOf({ test, output }: CheckedOutput): ExecutionCase {
  const answer = test.answer === undefined ? [] : [{ path: ANSWER, data: Buffer.from(test.answer) }];
  const files = [{ path: INPUT, data: Buffer.from(test.input) }, { path: OUTPUT, data: output }, ...answer];
  return { files, args: files.map(({ path }) => path) };
}
