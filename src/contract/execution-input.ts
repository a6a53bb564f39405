import { z } from "zod";
import { pathConflicts, pathIndex } from "./execution-paths.ts";
import { BOUNDS } from "./limits.ts";
import { userRecord } from "./user-record.ts";

const MIB = 1024 * 1024;
const NO_NUL = "must not contain NUL";
const PATH_LENGTH = 1024;
const PATH_DEPTH = 32;

/** Text whose bytes are its UTF-8: half of a surrogate pair has none. */
const Utf8 = z
  .string()
  .refine((text) => text.isWellFormed(), "contains half of a surrogate pair, which UTF-8 cannot express");

/** Names of languages, images and runtimes: short, and nothing that would disturb a log line. */
export const ShortName = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), "must not contain control characters");

/** A program's source or input. It may hold NUL: what comes of that is for the program to say. */
export const Text = Utf8;

const Argument = Utf8.refine((text) => !text.includes("\0"), NO_NUL);
export const Arguments = z.array(Argument).max(10_000).describe("Arguments of the program, after its name.");

export const Environment = userRecord(
  z.string().refine((name) => /^[^=\0]+$/.test(name) && name.isWellFormed(), "expected a name without = and NUL"),
  Argument,
).describe("Environment variables, beside PATH, HOME, LANG and TMPDIR.");

/**
 * Base64 of RFC 4648 with its padding. Not zod's own, whose pattern runs out of stack on megabytes; not left to Buffer,
 * which passes over what it does not know.
 */
export const Base64 = z.string().refine(isBase64, "not base64 (RFC 4648, with padding and without line breaks)");

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/**
 * A path inside the workspace. Backslashes and spaces are letters of names like others; `..`, an absolute path or an empty
 * part never is.
 */
export const WorkspacePath = z
  .string()
  .min(1)
  .max(PATH_LENGTH)
  .refine(
    isPlainPath,
    `expected plain names with / between them, at most ${PATH_DEPTH}: no absolute path, no . or .., no NUL`,
  );

function isPlainPath(path: string): boolean {
  if (path.includes("\0") || !path.isWellFormed()) return false;
  const names = path.split("/");
  const isPlain = (name: string) => name !== "" && name !== "." && name !== ".." && Buffer.byteLength(name) <= 255;
  return names.length <= PATH_DEPTH && names.every(isPlain);
}

const oneContent = { error: "give exactly one of text and base64", path: ["text"] };

/** A file that is laid into the workspace. */
export const FileInput = z
  .strictObject({
    path: WorkspacePath,
    text: Utf8.optional(),
    base64: Base64.optional(),
    mode: z
      .int()
      .min(0)
      .max(0o777)
      .optional()
      .describe("Permission bits as a number, e.g. 493 for rwxr-xr-x. Default 420 (rw-r--r--)."),
  })
  .refine((file) => (file.text === undefined) !== (file.base64 === undefined), oneContent)
  .meta({ id: "FileInput" });
export type FileInput = z.infer<typeof FileInput>;

/** Files that fit into one workspace together. */
export const FileInputs = z
  .array(FileInput)
  .max(BOUNDS.filesPerRun)
  .superRefine((files, ctx) => {
    const problems = pathConflicts(files, pathIndex(files));
    for (const { at, problem } of problems) ctx.addIssue({ code: "custom", path: [at, "path"], message: problem });
  });

/** A file to fetch afterwards. */
export const OutputInput = z
  .strictObject({
    path: WorkspacePath,
    limit_bytes: z
      .int()
      .min(1)
      .max(BOUNDS.answerBytes)
      .optional()
      .describe("A larger file comes as too_large and empty."),
  })
  .meta({ id: "OutputInput" });
export const OutputInputs = z.array(OutputInput).max(BOUNDS.outputsPerRun);

const Seconds = z.number().positive().max(3600);

/** Limits of one program; those left out come from the image. */
export const LimitsInput = z
  .strictObject({
    wall_seconds: Seconds.optional().describe("From the program's start."),
    cpu_seconds: z.number().positive().max(36_000).optional().describe("User and system time of all its processes."),
    memory_mib: z
      .int()
      .min(1)
      .max(1024 * 1024)
      .optional()
      .describe("Memory of all its processes."),
    output_bytes: z
      .int()
      .min(1)
      .max(64 * 1024 * MIB)
      .optional()
      .describe("Standard output and error together; a program that writes more is ended."),
    processes: z.int().min(1).max(100_000).optional().describe("Processes and threads."),
    disk_mib: z
      .int()
      .min(1)
      .max(1024 * 1024)
      .optional()
      .describe("Largest file."),
    open_files: z
      .int()
      .min(8)
      .max(1024 * 1024)
      .optional(),
  })
  .meta({ id: "Limits" });
export type LimitsInput = z.infer<typeof LimitsInput>;

/** What the sandbox must be. */
export const SandboxInput = z
  .strictObject({
    mode: z
      .enum(["A", "B", "C"])
      .optional()
      .describe("The isolation that is demanded. Default: the strongest that works."),
    runtime: ShortName.optional().describe("A container runtime such as runsc; one that is missing is refused."),
    network: z.unknown().optional().describe('Only "none": sandboxes have no network.'),
  })
  .meta({ id: "SandboxInput" });
export type SandboxInput = z.infer<typeof SandboxInput>;

export const KeepBytes = z
  .int()
  .min(1)
  .max(16 * MIB)
  .optional()
  .describe("Bytes kept of each output stream: the first and the last part. Default 1 MiB, in a batch less.");

export const QueueSeconds = z
  .number()
  .min(0)
  .max(3600)
  .optional()
  .describe("Longest wait for a free slot; then 503 `queue_full`. Default: the server's.");

export const RequestId = ShortName.max(256)
  .optional()
  .describe("A name of yours for this request: sent again, it gets the same answer and runs nothing.");
