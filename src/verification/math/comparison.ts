import { z } from "zod";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { parseJson } from "../../core/json/parse.ts";
import type { Stage } from "../../execution/index.ts";
import { textOf } from "../compare/index.ts";
import type { Failure } from "../failure.ts";
import type { Run } from "../kinds/judgement.ts";
import type { AnswerSubmission } from "./submission.ts";

/** `sandboxes/math/math_equivalence.py`, which is loaded before any request. */
const PROGRAM = "import math_equivalence\nmath_equivalence.main()\n";

const Report = z.object({
  equal: z.boolean(),
  extracted: z.string().nullable(),
  unreadable: z.array(z.int()),
});
type Report = z.infer<typeof Report>;

/** Time on the clock per processor time: a busy machine must not fail an answer. */
const WALL_FACTOR = 3;
const KEEP_BYTES = 64 * 1024;

export interface Comparison extends Pick<Report, "equal" | "extracted"> {
  /** Why nothing came of the comparison, when the answer is to blame for that. */
  readonly failure: Failure | null;
  readonly stage: Stage;
}

/**
 * Asks math-verify, in a slot of its own. When that fails, the expected answers are compared with themselves: only if
 * that works is the answer to blame, else `verifier_failed` is thrown.
 */
export async function compare(run: Run, submission: AnswerSubmission): Promise<Comparison> {
  const stage = await runComparison(run, submission);
  const { expected } = submission;
  if (stage.status === "ok") {
    const report = readReport(stage);
    if (!report.equal && report.unreadable.length === expected.length) throw failed("no expected answer can be read");
    return { ...report, failure: null, stage };
  }
  const text = `\\boxed{${expected[0] ?? ""}}`;
  const control = await runComparison(run, { ...submission, text });
  if (control.status !== "ok") throw failed(`not even the expected answer can be compared: ${control.message}`);
  const failure = { status: stage.status, message: `the answer cannot be compared: ${stage.message}` };
  return { equal: false, extracted: null, failure, stage };
}

async function runComparison(run: Run, submission: AnswerSubmission): Promise<Stage> {
  const { expected, text: answer, timeoutSeconds, limits } = submission;
  const cpuMs = Math.ceil(timeoutSeconds * 1000);
  const asked = JSON.stringify({ expected, answer, step_seconds: timeoutSeconds / 2 });
  const { cases } = await run({
    language: "python",
    code: PROGRAM,
    cases: [{ stdin: Buffer.from(asked), keepBytes: KEEP_BYTES }],
    limits: { ...limits, cpuMs, wallMs: WALL_FACTOR * cpuMs },
  });
  const [stage] = cases;
  if (!stage) throw new Error("an execution without its case");
  return stage;
}

function readReport(stage: Stage): Report {
  try {
    return Report.parse(parseJson(textOf(stage.stdout)));
  } catch (cause) {
    throw new SandlotError("verifier_failed", { detail: "the comparison reported what cannot be read" }, { cause });
  }
}

function failed(detail: string): SandlotError {
  return new SandlotError("verifier_failed", { detail });
}
