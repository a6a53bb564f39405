import type { LimitName } from "../contract/sandbox-limits.ts";
import { type CapturedOutput, explainedLimit, type FaultCause, lastLines, type RunResult } from "../sandbox/index.ts";
import type { CandidateRun } from "./attribution/index.ts";
import type { Stage, TestsStage } from "./service.ts";

/** A status and one sentence for it. */
export type Finding = Pick<Stage, "status" | "message">;

const OK: Finding = { status: "ok", message: "" };

const LIMITS: Readonly<Record<LimitName, Finding>> = {
  wall: { status: "time_limit", message: "it did not end in time" },
  cpu: { status: "time_limit", message: "it used up its processor time" },
  memory: { status: "memory_limit", message: "it used up its memory" },
  output: { status: "output_limit", message: "it wrote more output than allowed" },
  disk: { status: "disk_limit", message: "it filled its scratch space or a file outgrew its limit" },
  processes: { status: "process_limit", message: "it started more processes than allowed" },
};

const MESSAGE_LENGTH = 300;
/** What compilers say first; the lines that follow only point at it. */
const COMPILER_ERROR = /(^|: )(fatal )?error(\[E\d+\])?: /;

/** The stage that a run came to. `queueMs`: what it waited before its sandbox was asked for. */
export function stageOf(run: CandidateRun, queueMs: number): Stage {
  const { sandbox, evidence, waited } = run;
  const { status, message } = run.result ? findingOf(run.result) : blamedFinding(run.blamed);
  const { result } = run;
  const times = result?.times ?? NO_TIMES;
  return {
    status,
    message,
    exit: result ? ownExit(result) : null,
    stdout: result?.stdout ?? NOTHING,
    stderr: result?.stderr ?? NOTHING,
    files: result?.files ?? [],
    times: {
      queueMs: queueMs + waited.queueMs,
      claimMs: waited.claimMs,
      setupMs: times.setupMs,
      wallMs: times.wallMs,
      cpuMs: times.cpuMs,
      teardownMs: times.teardownMs,
    },
    memoryPeakBytes: result?.memoryPeakBytes ?? 0,
    tests: result?.tests ? testsStageOf(result.tests) : null,
    blamed: run.blamed,
    evidence,
    sandbox: { id: sandbox.id, provider: sandbox.provider, image: sandbox.image, mode: sandbox.mode },
  };
}

function testsStageOf(result: RunResult): TestsStage {
  const [report] = result.files;
  return {
    ...findingOf(result),
    report: report?.status === "ok" ? report.data : null,
    stderr: result.stderr,
    cpuMs: result.times.cpuMs,
  };
}

const NO_TIMES = { setupMs: 0, wallMs: 0, cpuMs: 0, teardownMs: 0 };
const NOTHING: CapturedOutput = { head: new Uint8Array(), tail: new Uint8Array(), dropped: 0 };
const SIGKILL = 9;

/** Null when a limit ended the program before it ended by itself. */
function ownExit({ exit, limit }: RunResult): Stage["exit"] {
  return limit !== null && "signal" in exit && exit.signal === SIGKILL ? null : exit;
}

function findingOf(result: RunResult): Finding {
  const { exit, stderr } = result;
  const limit = explainedLimit(result);
  if (limit) return LIMITS[limit];
  if ("signal" in exit) return { status: "runtime_error", message: `it was ended by signal ${exit.signal}` };
  if (exit.code === 0) return OK;
  const lines = lastLines(stderr);
  const said = (lines.find((line) => COMPILER_ERROR.test(line)) ?? lines.at(-1) ?? "").slice(0, MESSAGE_LENGTH);
  return { status: "runtime_error", message: said ? `exit code ${exit.code}: ${said}` : `exit code ${exit.code}` };
}

/** What a program did that brought its sandbox down again and again, alone, where a control program passed. */
function blamedFinding(cause: FaultCause): Finding {
  if (cause === "oom") return { status: "memory_limit", message: "it exhausted the memory of its sandbox" };
  if (cause === "stalled") return { status: "time_limit", message: "it stalled its sandbox" };
  if (cause === "setup") return { status: "disk_limit", message: "its files could not be laid into a workspace" };
  return { status: "tampered", message: `it brought its sandbox down (${cause})` };
}
