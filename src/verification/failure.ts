import type { CaseStatus } from "../contract/verdict.ts";
import type { LimitName } from "../contract/sandbox-limits.ts";
import { explainedLimit, type FaultCause, lastLines, type RunResult } from "../sandbox/index.ts";

/** Why a test was not passed. */
export interface Failure {
  readonly status: Exclude<CaseStatus, "passed" | "skipped">;
  readonly message: string;
}

const LIMITS: Readonly<Record<LimitName, Failure>> = {
  wall: { status: "time_limit", message: "the program did not end in time" },
  cpu: { status: "time_limit", message: "the program used up its processor time" },
  memory: { status: "memory_limit", message: "the program used up its memory" },
  output: { status: "output_limit", message: "the program wrote more output than allowed" },
  disk: { status: "disk_limit", message: "the program filled its scratch space" },
  processes: { status: "process_limit", message: "the program started more processes than allowed" },
};

/** The failure that a run itself shows, whatever it printed; null when it ended well. */
export function runFailure(result: RunResult): Failure | null {
  const limit = explainedLimit(result);
  if (limit) return LIMITS[limit];
  if ("signal" in result.exit) return { status: "runtime_error", message: `ended by signal ${result.exit.signal}` };
  const { code } = result.exit;
  if (code === 0) return null;
  // Only names the kind of a failure that stands anyway, so a forged last line gains nothing.
  const lastLine = lastLines(result.stderr).at(-1) ?? "";
  if (/^(SyntaxError|IndentationError|TabError)\b/.test(lastLine))
    return { status: "compile_error", message: lastLine };
  return {
    status: "runtime_error",
    message: lastLine ? `exit code ${code}: ${lastLine.slice(0, 300)}` : `exit code ${code}`,
  };
}

/** The failure of a candidate that brought its sandbox down twice, alone, where a control program passed. */
export function blamedFailure(cause: FaultCause): Failure {
  switch (cause) {
    case "oom":
      return { status: "memory_limit", message: "the program exhausted the memory of its sandbox" };
    case "stalled":
      return { status: "time_limit", message: "the program stalled its sandbox" };
    case "setup":
      return { status: "disk_limit", message: "the program's files do not fit into a workspace" };
    case "agent_exit":
    case "lane_lost":
    case "protocol":
    case "lease_expired":
    case "closed":
    case "killed":
    case "engine":
      return { status: "tampered", message: `the program brought its sandbox down (${cause})` };
  }
}
