import type { CaseVerdict, Isolation } from "../../contract/verdict.ts";
import type { Execution, ExecutionRequest, Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { stageFailure } from "../failure.ts";

/** Runs a request of the submission's, in its sandboxes. */
export type Run = (request: ExecutionRequest) => Promise<Execution>;

/** What kinds of tests need beside the submission's own sandboxes, for trusted code that is run about it. */
export interface Runs {
  readonly candidate: Run;
  /** In sandboxes in which no candidate ever is. */
  readonly judge: Run;
}

/** What a kind of test found out about a submission. */
export interface Judgement {
  /** In order, as far as they were run; a program that does not compile fails the first. */
  readonly cases: readonly CaseVerdict[];
  readonly tests: number;
  readonly isolation: Isolation;
  readonly sandbox: Stage["sandbox"] | null;
}

/** That of a program that does not compile; null when it does. */
export function compileJudgement({ compile }: Execution, tests: number, isolation: Isolation): Judgement | null {
  const found = compile && stageFailure(compile);
  if (!found) return null;
  const failure = found.status === "runtime_error" ? { ...found, status: "compile_error" as const } : found;
  const judged = { index: 0, input: null, expected: null, output: null, failure };
  return { cases: [caseVerdict(judged, compile)], tests, isolation, sandbox: compile.sandbox };
}
