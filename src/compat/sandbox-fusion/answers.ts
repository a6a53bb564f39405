import type { Stage } from "../../execution/service.ts";
import type { CapturedOutput } from "../../sandbox/index.ts";

/** How one command of a request went. */
export interface CommandResult {
  readonly status: "Finished" | "Error" | "TimeLimitExceeded";
  /** Seconds. */
  readonly execution_time: number | null;
  /** Negative: the signal that ended it. */
  readonly return_code: number | null;
  readonly stdout: string | null;
  readonly stderr: string | null;
}

export interface RunAnswer {
  /** `SandboxError` is our fault, and clients try again. */
  readonly status: "Success" | "Failed" | "SandboxError";
  /** The fault of a SandboxError; else what the other fields cannot say, and mostly empty. */
  readonly message: string;
  readonly compile_result: CommandResult | null;
  readonly run_result: CommandResult | null;
  readonly executor_pod_name: string | null;
  readonly files: Readonly<Record<string, string>>;
}

/** The signal of a program that was ended by a limit other than time: the dialect has no word for those. */
const KILLED = -9;

/** A stage in the dialect's words. */
export function commandResult(stage: Stage): CommandResult {
  const { status, exit, times } = stage;
  const isLate = status === "time_limit";
  return {
    status: isLate ? "TimeLimitExceeded" : "Finished",
    execution_time: Math.round(1000 * times.wallMs) / 1_000_000,
    return_code: isLate ? null : returnCode(exit, status === "ok"),
    stdout: textOf(stage.stdout),
    stderr: textOf(stage.stderr),
  };
}

/** What `commandResult` leaves unsaid. */
export function notesOf(stage: Stage): string[] {
  const isPlain = stage.status === "ok" || stage.status === "runtime_error" || stage.status === "time_limit";
  const notes = isPlain ? [] : [stage.message];
  for (const name of ["stdout", "stderr"] as const) {
    if (stage[name].dropped > 0) notes.push(`${stage[name].dropped} bytes of ${name} are left out`);
  }
  return notes;
}

/** The result of a time limit that leaves no time at all: nothing is started. */
export const OUT_OF_TIME: CommandResult = {
  status: "TimeLimitExceeded",
  execution_time: 0,
  return_code: null,
  stdout: "",
  stderr: "",
};

/** The status that follows from the commands. */
export function runStatus(commands: readonly (CommandResult | null)[]): "Success" | "Failed" {
  return commands.every((it) => it === null || (it.status === "Finished" && it.return_code === 0))
    ? "Success"
    : "Failed";
}

/** A fault of ours in place of a result. */
export function sandboxError(message: string): RunAnswer {
  return {
    status: "SandboxError",
    message,
    compile_result: null,
    run_result: null,
    executor_pod_name: null,
    files: {},
  };
}

function returnCode(exit: Stage["exit"], isOk: boolean): number {
  if (exit === null) return KILLED;
  if ("signal" in exit) return -exit.signal;
  // A limit may end a child while its parent ends well; that is no success.
  return exit.code === 0 && !isOk ? KILLED : exit.code;
}

/** Captured output as text; bytes that are not UTF-8 become U+FFFD, and a gap is marked on a line of its own. */
export function textOf({ head, tail, dropped }: CapturedOutput): string {
  if (dropped === 0) return Buffer.concat([head, tail]).toString("utf8");
  return `${Buffer.from(head).toString("utf8")}\n… ${dropped} bytes …\n${Buffer.from(tail).toString("utf8")}`;
}
