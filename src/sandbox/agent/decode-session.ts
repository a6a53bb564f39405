import { z } from "zod";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import { LIMIT_NAMES } from "../../contract/sandbox-limits.ts";
import type { OutputFile } from "../run.ts";
import { sandboxLost } from "../faults.ts";
import type { SessionEnd, SessionReply } from "../session.ts";
import { type ChannelAnswer, type ChannelFault, protocolError } from "./channel.ts";
import {
  Captured,
  captured,
  Exit,
  FIRST_FILE,
  Microseconds,
  OutputFileReport,
  STDERR,
  STDOUT,
} from "./decode-result.ts";

const Reply = z.object({
  status: z.enum(["ok", "error", "interrupted", "ended"]),
  value: z.string().optional(),
  exit_code: z.int().optional(),
  error: z.object({ name: z.string(), message: z.string(), traceback: z.string() }).optional(),
  limit: z.enum(LIMIT_NAMES).nullable(),
  times: z.object({ wall_us: Microseconds, cpu_us: Microseconds }),
  memory_peak_bytes: z.int().min(0),
  stdout: Captured,
  stderr: Captured,
});

const End = z.object({
  reason: z.enum(["closed", "exit", "interrupted", ...LIMIT_NAMES]),
  exit: Exit,
  worn: z.boolean(),
});

/** How a session came to its end. `error`: a fault of the sandbox, when it was that. */
export interface SessionEndReport extends SessionEnd {
  readonly exit: SessionReply["exit"];
  readonly error: SandlotError | null;
  /** The agent says that the sandbox had better get no more work. */
  readonly worn: boolean;
  /** Code of the agent's fault, when there was one. */
  readonly fault?: ChannelFault;
}

export function decodeSessionEnd(answer: ChannelAnswer | ChannelFault): SessionEndReport {
  if ("code" in answer)
    return { ...sandboxLost(answer.code, answer.detail), exit: null, error: null, worn: false, fault: answer };
  const parsed = End.safeParse(answer.report);
  if (!parsed.success) throw protocolError(`a malformed end: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, detail: null, error: null };
}

/** `end`: the session's, when the call was its last. Throws `sandbox_protocol` when the reply is malformed. */
export function decodeReply({ report, streams }: ChannelAnswer, end: SessionEndReport | null): SessionReply {
  const parsed = Reply.safeParse(report);
  if (!parsed.success) throw protocolError(`a malformed reply: ${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    status: data.status,
    value: data.value ?? null,
    error: data.error ?? null,
    exitCode: data.exit_code ?? null,
    exit: end?.exit ?? null,
    limit: data.limit,
    stdout: captured(streams.get(STDOUT), data.stdout),
    stderr: captured(streams.get(STDERR), data.stderr),
    times: { wallMs: data.times.wall_us / 1000, cpuMs: data.times.cpu_us / 1000 },
    memoryPeakBytes: data.memory_peak_bytes,
  };
}

export function decodeFiles({ report, streams }: ChannelAnswer): OutputFile[] {
  const parsed = z.object({ files: z.array(OutputFileReport) }).safeParse(report);
  if (!parsed.success) throw protocolError(`a malformed reply: ${z.prettifyError(parsed.error)}`);
  return parsed.data.files.map(({ path, status }, index) => ({
    path,
    status,
    data: streams.get(FIRST_FILE + index) ?? Buffer.alloc(0),
  }));
}
