import type { CaseStatus } from "../contract/verdict.ts";
import type { Stage } from "../execution/index.ts";
import { lastLines } from "../sandbox/index.ts";

/** Why a test was not passed. */
export interface Failure {
  readonly status: Exclude<CaseStatus, "passed" | "skipped">;
  readonly message: string;
}

const PYTHON_SYNTAX = /^(SyntaxError|IndentationError|TabError)\b/;

/** The failure that a run itself shows, whatever it printed; null when it ended well. */
export function stageFailure({
  status,
  message,
  stderr,
}: Pick<Stage, "status" | "message" | "stderr">): Failure | null {
  if (status === "ok") return null;
  // Only names the kind of a failure that stands anyway, so a forged last line gains nothing.
  const lastLine = lastLines(stderr).at(-1) ?? "";
  if (status === "runtime_error" && PYTHON_SYNTAX.test(lastLine)) return { status: "compile_error", message: lastLine };
  return { status, message };
}
