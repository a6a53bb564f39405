import { z } from "zod";
import { LIMIT_NAMES } from "./sandbox-limits.ts";
import { FileView, OutputView } from "./execution-answers.ts";
import { checkHeader } from "./execution.ts";
import { checkKept } from "./execution-kept.ts";
import {
  Environment,
  FileInputs,
  KeepBytes,
  LimitsInput,
  OutputInputs,
  SandboxInput,
  ShortName,
  Text,
} from "./execution-input.ts";

const DAY_SECONDS = 24 * 3600;

/**
 * Why a session is over: somebody closed it, its program ended (`interrupted`: it would not heed an interrupt), it
 * exceeded a limit, nobody used it for too long, its lifetime is over, the server stops, or its sandbox went.
 */
export const SESSION_END_REASONS = [
  "closed",
  "exit",
  "interrupted",
  ...LIMIT_NAMES,
  "idle",
  "lifetime",
  "shutting_down",
  "sandbox_lost",
] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

/** What `POST /api/v1/sessions` takes. */
export const SessionInput = z
  .strictObject({
    language: ShortName,
    image: ShortName.optional(),
    isolation: z
      .enum(["slot", "container"])
      .optional()
      .describe(
        "`slot`: beside others in one sandbox, cheap. `container`: a sandbox of its own. Default: the language's.",
      ),
    files: FileInputs.optional(),
    env: Environment.optional(),
    limits: LimitsInput.optional().describe("Wall and processor time hold for each call, the others for the session."),
    idle_seconds: z.number().positive().max(DAY_SECONDS).optional().describe("Ends unused after so long. Default 600."),
    lifetime_seconds: z.number().positive().max(DAY_SECONDS).optional().describe("Ends after so long. Default 3600."),
    sandbox: SandboxInput.optional(),
  })
  .meta({ id: "SessionInput" });
export type SessionInput = z.infer<typeof SessionInput>;

/** What `POST /api/v1/sessions/{id}/calls` takes. */
export const CallInput = z
  .strictObject({
    code: Text.refine((code) => !code.includes("\0"), "must not contain NUL").describe("Source, or a shell command."),
    wall_seconds: z.number().positive().max(3600).optional().describe("Default: the session's."),
    cpu_seconds: z.number().positive().max(36_000).optional().describe("Default: the session's."),
    keep_output_bytes: KeepBytes,
  })
  .meta({ id: "CallInput" });
export type CallInput = z.infer<typeof CallInput>;

export const WriteFilesInput = z.strictObject({ files: FileInputs.min(1) }).meta({ id: "WriteFilesInput" });
export const ReadFilesInput = z
  .strictObject({ outputs: OutputInputs.min(1) })
  .superRefine(({ outputs }, ctx) => {
    checkKept(0, [{ outputs }], ctx);
    checkHeader(0, { outputs }, [], ctx);
  })
  .meta({ id: "ReadFilesInput" });

/** A session. */
export const SessionView = z
  .object({
    id: z.string(),
    language: z.string(),
    image: z.string(),
    isolation: z.enum(["slot", "container"]),
    state: z.enum(["open", "ended"]),
    reason: z
      .enum(SESSION_END_REASONS)
      .nullable()
      .describe("Why it ended: a limit it exceeded, or one of the others; null while it is open."),
    detail: z.string().nullable().describe("What is known beyond the reason, as what took its sandbox away."),
    sandbox: z.object({ id: z.string(), provider: z.string(), mode: z.enum(["A", "B", "C"]) }),
    opened_at: z.iso.datetime(),
    last_used_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    times: z.object({ queue_ms: z.number(), claim_ms: z.number(), setup_ms: z.number() }),
  })
  .meta({ id: "Session" });
export type SessionView = z.infer<typeof SessionView>;
export const SessionList = z.object({ items: z.array(SessionView) }).meta({ id: "SessionList" });
export type SessionList = z.infer<typeof SessionList>;

/** What came of a call. */
export const CallView = z
  .object({
    status: z
      .enum(["ok", "error", "interrupted", "ended"])
      .describe(
        "`error`: an exception, or an exit code that is not 0. `interrupted`: by a caller or at a time limit, state kept. `ended`: the program is gone, and its state.",
      ),
    value: z.string().nullable().describe("`repr` of the last expression; null when there is none."),
    error: z.object({ name: z.string(), message: z.string(), traceback: z.string() }).nullable(),
    exit_code: z.int().nullable().describe("Of a shell command; of the session's program when it ended."),
    signal: z.int().nullable().describe("Number of the signal that ended the session's program."),
    limit: z.enum(LIMIT_NAMES).nullable(),
    stdout: OutputView,
    stderr: OutputView,
    times: z
      .object({
        queue_ms: z.number().describe("Waiting for other calls of the session; no part of `wall_ms`."),
        wall_ms: z.number(),
        cpu_ms: z.number(),
      })
      .describe("Milliseconds."),
    memory_peak_bytes: z.int(),
  })
  .meta({ id: "Call" });
export type CallView = z.infer<typeof CallView>;

/** Files of a session, as they were read. */
export const FileList = z.object({ files: z.array(FileView) }).meta({ id: "FileList" });
export type FileList = z.infer<typeof FileList>;
export const WrittenFiles = z.object({ written: z.int() }).meta({ id: "WrittenFiles" });
