import { z } from "zod";
import { LIMIT_NAMES } from "../../contract/sandbox-limits.ts";
import type { CapturedOutput, OutputFile, RunResult } from "../run.ts";
import type { SandboxMode } from "../spec.ts";
import { type ChannelAnswer, protocolError } from "./channel.ts";

export const Captured = z.object({ bytes: z.int().min(0), dropped: z.int().min(0), head: z.int().min(0) });
export const Microseconds = z.int().min(0);

export const Exit = z.union([z.object({ code: z.int() }), z.object({ signal: z.int() })]);
export const OutputFileReport = z.object({
  path: z.string(),
  status: z.enum(["ok", "missing", "refused", "too_large"]),
});

/** The agent's report of a run (docs/agent-protocol.md). */
const Report = z.object({
  exit: Exit,
  limit: z.enum(LIMIT_NAMES).nullable(),
  unexplained_kill: z.boolean(),
  oom: z.boolean(),
  starved_us: Microseconds,
  times: z.object({
    setup_us: Microseconds,
    wall_us: Microseconds,
    cpu_us: Microseconds,
    teardown_us: Microseconds,
  }),
  memory_peak_bytes: z.int().min(0),
  worn: z.boolean(),
  stdout: Captured,
  stderr: Captured,
  files: z.array(OutputFileReport),
});

/** Numbers of the streams of an answer. */
export const STDOUT = 1;
export const STDERR = 2;
export const FIRST_FILE = 3;

/** A result, and whether the agent says that the sandbox had better get no more work. */
export interface DecodedResult {
  readonly result: RunResult;
  readonly worn: boolean;
}

/** The result that an answer stands for; throws `sandbox_protocol` when it is malformed. */
export function decodeResult({ report, streams }: ChannelAnswer, mode: SandboxMode): DecodedResult {
  const parsed = Report.safeParse(report);
  if (!parsed.success) throw protocolError(`a malformed report: ${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  const result = {
    exit: data.exit,
    limit: data.limit,
    unexplainedKill: data.unexplained_kill,
    oomNearby: data.oom,
    starvedMs: data.starved_us / 1000,
    stdout: captured(streams.get(STDOUT), data.stdout),
    stderr: captured(streams.get(STDERR), data.stderr),
    files: data.files.map((file, index): OutputFile => ({ ...file, data: streams.get(FIRST_FILE + index) ?? NOTHING })),
    times: {
      setupMs: data.times.setup_us / 1000,
      wallMs: data.times.wall_us / 1000,
      cpuMs: data.times.cpu_us / 1000,
      teardownMs: data.times.teardown_us / 1000,
    },
    memoryPeakBytes: data.memory_peak_bytes,
    mode,
  };
  return { result, worn: data.worn };
}

const NOTHING = Buffer.alloc(0);

export function captured(kept: Buffer = NOTHING, { dropped, head }: z.infer<typeof Captured>): CapturedOutput {
  return { head: kept.subarray(0, head), tail: kept.subarray(head), dropped };
}
