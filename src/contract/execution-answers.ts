import { z } from "zod";

/** How a compilation or a case ended, in the words of verdicts. `tampered`: it brought its sandbox down, proved by repetition. */
const StageStatus = z.enum([
  "ok",
  "runtime_error",
  "time_limit",
  "memory_limit",
  "output_limit",
  "disk_limit",
  "process_limit",
  "tampered",
]);
export type StageStatus = z.infer<typeof StageStatus>;
/** The same of a whole run: `compile_error` when it came to no case. */
const RunStatus = z.enum([...StageStatus.options, "compile_error"]);

/** Bytes as JSON can carry them: text where they are UTF-8, and exactly in any case. */
const BYTES = {
  text: z.string().describe("The bytes as UTF-8; what is none of it shows as U+FFFD, and `base64` is there too."),
  base64: z.string().optional().describe("The bytes exactly, only when they are not UTF-8."),
};

/** What a program wrote to one of its output streams. */
export const OutputView = z
  .object({
    ...BYTES,
    bytes: z.int().describe("Written by the program, dropped ones included."),
    dropped_bytes: z.int().describe("Not kept, from the middle: first and last part are there."),
    head_bytes: z.int().optional().describe("Where bytes were dropped: how many of those kept come before the gap."),
  })
  .meta({ id: "Output" });
export type OutputView = z.infer<typeof OutputView>;

/** A file that was fetched; it has text or base64, as files of requests do. */
export const FileView = z
  .object({
    path: z.string(),
    status: z
      .enum(["ok", "missing", "refused", "too_large"])
      .describe("`refused`: no regular file that is reached without links."),
    bytes: z.int(),
    text: z.string().optional().describe("The content, when it is UTF-8."),
    base64: z.string().optional().describe("The content, when it is not."),
  })
  .meta({ id: "File" });
export type FileView = z.infer<typeof FileView>;

const Milliseconds = z.number();

/** Milliseconds; none is part of another. */
const StageTimes = z
  .object({
    queue_ms: Milliseconds.describe("Waiting for a free slot."),
    claim_ms: Milliseconds.describe("From the free slot to the sandbox in hand."),
    setup_ms: Milliseconds.describe("Making the slot."),
    wall_ms: Milliseconds.describe("From the program's start to its end."),
    cpu_ms: Milliseconds.describe("Processor time of all its processes."),
    teardown_ms: Milliseconds.describe("Killing, reaping and emptying the slot."),
  })
  .meta({ id: "StageTimes" });

/** Where something ran. */
const SandboxRef = z
  .object({ id: z.string(), provider: z.string(), image: z.string(), mode: z.enum(["A", "B", "C"]) })
  .meta({ id: "SandboxRef" });

const ENDING = {
  message: z.string().describe("One sentence; empty when it is `ok`."),
  exit_code: z.int().nullable(),
  signal: z.int().nullable().describe("Number of the signal that ended the program."),
  stdout: OutputView,
  stderr: OutputView,
  files: z.array(FileView),
  memory_peak_bytes: z.int(),
  sandbox: SandboxRef,
  evidence: z.array(z.string()).describe("Faults and doubts on the way, after which it was repeated."),
};

/** One compilation or one case. */
export const StageView = z.object({ status: StageStatus, ...ENDING, times: StageTimes }).meta({ id: "Stage" });
export type StageView = z.infer<typeof StageView>;

const ANSWER = {
  request_id: z.string().nullable().describe("As the request gave it."),
  language: z.string(),
  image: z.string(),
  status: RunStatus,
  compile: StageView.nullable().describe("Null when the language is not compiled."),
};

/** A run. When the program did not compile, the ending is the compiler's. */
export const RunView = z
  .object({
    ...ANSWER,
    ...ENDING,
    times: StageTimes.extend({
      compile_ms: Milliseconds.describe(
        "The compiler, from its queue to its end; null when nothing was compiled.",
      ).nullable(),
    }).meta({ id: "RunTimes" }),
  })
  .meta({ id: "Run" });
export type RunView = z.infer<typeof RunView>;

/** A batch. Its status is that of the first case, in order, that is not `ok`. */
export const BatchView = z
  .object({
    ...ANSWER,
    cases: z
      .array(StageView.nullable())
      .describe("By index; null where a case was not run, because the compiler or an earlier case failed."),
  })
  .meta({ id: "Batch" });
export type BatchView = z.infer<typeof BatchView>;

/** Last event of a batch's stream: the batch without its cases. */
export const BatchEnd = z.object({ ...ANSWER, cases_run: z.int(), cases_ok: z.int() }).meta({ id: "BatchEnd" });
export type BatchEnd = z.infer<typeof BatchEnd>;

/** A case in a batch's stream. */
export const CaseEvent = StageView.extend({ index: z.int() }).meta({ id: "CaseEvent" });
export type CaseEvent = z.infer<typeof CaseEvent>;

/** Output in a run's stream: the next bytes of a stream, never half a character of UTF-8. */
export const OutputEvent = z.object({ stream: z.enum(["stdout", "stderr"]), ...BYTES }).meta({ id: "OutputEvent" });
export type OutputEvent = z.infer<typeof OutputEvent>;
