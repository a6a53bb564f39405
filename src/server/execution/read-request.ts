import type { BatchInput, RunInput } from "../../contract/execution.ts";
import type { FileInput, LimitsInput, SandboxInput } from "../../contract/execution-input.ts";
import { keptBytes } from "../../contract/execution-kept.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ExecutionCase, ExecutionRequest } from "../../execution/service.ts";
import type { InputFile, RunLimits, SandboxMode } from "../../sandbox/index.ts";

const MIB = 1024 * 1024;

type CaseInput = BatchInput["cases"][number];

/** A run as the service takes it. Throws `sandbox_unsupported` when it asks for a network. */
export function runRequest(run: RunInput): ExecutionRequest {
  const { keep, limit } = keptBytes(run.keep_output_bytes, [run]);
  return { ...programOf(run), keepBytes: keep, cases: [caseOf({ ...run, files: undefined }, limit)] };
}

/** A batch as the service takes it. Throws like `runRequest`. */
export function batchRequest(batch: BatchInput): ExecutionRequest {
  const { keep, limit } = keptBytes(batch.keep_output_bytes, batch.cases);
  return {
    ...programOf(batch),
    keepBytes: keep,
    cases: batch.cases.map((one) => caseOf(one, limit)),
    stopAtFirstFailure: batch.stop_at_first_failure,
    ...(batch.parallel === undefined ? {} : { parallel: batch.parallel }),
  };
}

function programOf(program: RunInput | BatchInput): Omit<ExecutionRequest, "cases"> {
  const { language, image, code, env, files, limits, compile_limits, max_queue_seconds } = program;
  return {
    language,
    code,
    ...(image === undefined ? {} : { image }),
    ...(env === undefined ? {} : { env }),
    ...(files === undefined ? {} : { files: inputFiles(files) }),
    ...(limits === undefined ? {} : { limits: runLimits(limits) }),
    ...(compile_limits === undefined ? {} : { compileLimits: runLimits(compile_limits) }),
    ...(max_queue_seconds === undefined ? {} : { maxQueueMs: max_queue_seconds * 1000 }),
    ...sandboxDemands(program.sandbox),
  };
}

function caseOf({ stdin, stdin_base64, args, files, outputs }: CaseInput, limit: number): ExecutionCase {
  return {
    ...(stdin ? { stdin: Buffer.from(stdin) } : {}),
    ...(stdin_base64 ? { stdin: Buffer.from(stdin_base64, "base64") } : {}),
    ...(args === undefined ? {} : { args }),
    ...(files === undefined ? {} : { files: inputFiles(files) }),
    ...(outputs === undefined ? {} : { outputs: outputRequests(outputs, limit) }),
  };
}

/** Files to fetch, with a limit for those that have none. */
export function outputRequests(outputs: NonNullable<CaseInput["outputs"]>, limit: number) {
  return outputs.map(({ path, limit_bytes }) => ({ path, limit: limit_bytes ?? limit }));
}

export function inputFiles(files: readonly FileInput[]): InputFile[] {
  return files.map(({ path, text, base64, mode }) => ({
    path,
    data: text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text),
    ...(mode === undefined ? {} : { mode }),
  }));
}

export function runLimits(limits: LimitsInput): Partial<RunLimits> {
  const { wall_seconds, cpu_seconds, memory_mib, output_bytes, processes, disk_mib, open_files } = limits;
  return {
    ...(wall_seconds === undefined ? {} : { wallMs: milliseconds(wall_seconds) }),
    ...(cpu_seconds === undefined ? {} : { cpuMs: milliseconds(cpu_seconds) }),
    ...(memory_mib === undefined ? {} : { memoryBytes: memory_mib * MIB }),
    ...(output_bytes === undefined ? {} : { outputBytes: output_bytes }),
    ...(processes === undefined ? {} : { processes }),
    ...(disk_mib === undefined ? {} : { diskBytes: disk_mib * MIB }),
    ...(open_files === undefined ? {} : { openFiles: open_files }),
  };
}

/** Whole milliseconds, at least one: a limit of nothing would be none. */
export function milliseconds(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1000));
}

/** What the sandbox must be. Throws `sandbox_unsupported` for any network. */
export function sandboxDemands(sandbox: SandboxInput = {}): { mode?: SandboxMode; runtime?: string } {
  const { mode, runtime, network } = sandbox;
  if (network !== undefined && network !== "none") {
    const asked = JSON.stringify(network).slice(0, 100);
    throw new SandlotError("sandbox_unsupported", {
      detail: `sandbox.network ${asked}: sandboxes have no network; leave it out or say "none"`,
    });
  }
  return { ...(mode === undefined ? {} : { mode }), ...(runtime === undefined ? {} : { runtime }) };
}
