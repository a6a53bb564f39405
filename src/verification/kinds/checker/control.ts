import { SandlotError } from "../../../core/errors/sandlot-error.ts";
import type { Checker, CheckerCase } from "../../submission.ts";
import type { Run } from "../judgement.ts";
import { checkOutputs } from "./check-outputs.ts";
import type { Opinion } from "./opinion.ts";

/**
 * Whose doing it is that a checker came to no opinion: tries it on the task's own answer, or on nothing where the task has
 * none. Answers a sentence of evidence when it works there, so that nobody buys a mask with an output that breaks it;
 * throws `verifier_failed` when it does not.
 */
export async function blameForBreaking(
  judge: Run,
  checker: Checker,
  test: CheckerCase,
  opinion: Opinion,
): Promise<string> {
  const { answer } = test;
  const what = answer === undefined ? "an empty output" : "the task's own answer";
  const [control] = await checkOutputs(judge, checker, [{ test, output: Buffer.from(answer ?? "") }]);
  if (control && (control.kind === "accepted" || control.kind === "rejected")) {
    return `the checker came to no opinion (${opinion.message}), but on ${what} it does: ${control.kind}`;
  }
  const detail = `the checker fails on ${what}: ${control?.message ?? "it was not run"}`;
  throw new SandlotError("verifier_failed", { detail });
}
