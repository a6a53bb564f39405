import { z } from "zod";
import {
  Arguments,
  Base64,
  Environment,
  type FileInput,
  FileInputs,
  KeepBytes,
  LimitsInput,
  OutputInputs,
  QueueSeconds,
  RequestId,
  SandboxInput,
  ShortName,
  Text,
} from "./execution-input.ts";
import { pathConflicts, pathIndex } from "./execution-paths.ts";
import { checkKept } from "./execution-kept.ts";
import { BOUNDS } from "./limits.ts";

/** What a run and a batch have in common. */
const PROGRAM = {
  language: ShortName.describe("Name or alias; GET /api/v1/languages lists them."),
  image: ShortName.optional().describe("An image that has the language. Default: the language's own."),
  code: Text.describe("The program's source."),
  env: Environment.optional(),
  files: FileInputs.optional().describe("In the workspace of the compiler and of every case."),
  limits: LimitsInput.optional().describe("Limits of the program, in a batch of every case."),
  compile_limits: LimitsInput.optional().describe("Limits of the compiler."),
  keep_output_bytes: KeepBytes,
  sandbox: SandboxInput.optional(),
  max_queue_seconds: QueueSeconds,
  request_id: RequestId,
};

/** What each case has of its own. */
const CASE = {
  stdin: Text.nullish().describe("Standard input as text; null is an empty one."),
  stdin_base64: Base64.nullish().describe("Standard input as bytes."),
  args: Arguments.optional(),
  outputs: OutputInputs.optional().describe("Files to fetch afterwards."),
};

/** A program and one case, for `POST /api/v1/runs`. */
export const RunInput = z
  .strictObject({ ...PROGRAM, ...CASE })
  .superRefine((run, ctx) => {
    checkCase(run, [], ctx);
    checkHeader(jsonBytes(run.env), run, [], ctx);
    checkKept(run.keep_output_bytes, [run], ctx);
  })
  .meta({ id: "RunInput" });
export type RunInput = z.infer<typeof RunInput>;

/** One case of a batch. */
const CaseInput = z
  .strictObject({ ...CASE, files: FileInputs.optional().describe("Beside those of the batch.") })
  .meta({ id: "CaseInput" });
type CaseInput = z.infer<typeof CaseInput>;

/** A program and its cases, for `POST /api/v1/batches`. */
export const BatchInput = z
  .strictObject({
    ...PROGRAM,
    cases: z.array(CaseInput).min(1).max(BOUNDS.casesPerBatch),
    parallel: z.int().min(1).max(1024).optional().describe("Cases at once at most. Default: the slots of a sandbox."),
    stop_at_first_failure: z.boolean().default(false).describe("End after the first case, in order, that is not ok."),
  })
  .superRefine((batch, ctx) => {
    const envBytes = jsonBytes(batch.env);
    for (const [i, one] of batch.cases.entries()) {
      checkCase(one, ["cases", i], ctx);
      checkHeader(envBytes, one, ["cases", i], ctx);
    }
    checkFiles(batch.files ?? [], batch.cases, ctx);
    checkKept(batch.keep_output_bytes, batch.cases, ctx);
  })
  .meta({ id: "BatchInput" });
export type BatchInput = z.output<typeof BatchInput>;
export type BatchBody = z.input<typeof BatchInput>;

type Path = readonly (string | number)[];

function checkCase(one: Pick<CaseInput, "stdin" | "stdin_base64">, at: Path, ctx: z.RefinementCtx): void {
  if (typeof one.stdin !== "string" || typeof one.stdin_base64 !== "string") return;
  ctx.addIssue({ code: "custom", path: [...at, "stdin_base64"], message: "give stdin or stdin_base64, not both" });
}

/** Every case lies in a workspace with the files of the batch. */
function checkFiles(shared: readonly FileInput[], cases: readonly CaseInput[], ctx: z.RefinementCtx): void {
  const index = pathIndex(shared);
  let count = shared.length;
  for (const [i, { files = [] }] of cases.entries()) {
    count += files.length;
    for (const { at, problem } of pathConflicts(files, index)) {
      ctx.addIssue({ code: "custom", path: ["cases", i, "files", at, "path"], message: `${problem} of the batch` });
    }
  }
  if (count <= BOUNDS.filesPerBatch) return;
  const message = `the batch has ${count} files in all, above ${BOUNDS.filesPerBatch}`;
  ctx.addIssue({ code: "custom", path: ["cases"], message });
}

/** Arguments, environment and names of outputs travel together in one frame to the sandbox. */
export function checkHeader(
  envBytes: number,
  one: Pick<CaseInput, "args" | "outputs">,
  at: Path,
  ctx: z.RefinementCtx,
): void {
  const argsBytes = jsonBytes(one.args);
  const outputsBytes = jsonBytes(one.outputs);
  const all = envBytes + argsBytes + outputsBytes;
  if (all <= BOUNDS.headerBytes) return;
  const largest = Math.max(envBytes, argsBytes, outputsBytes);
  const path = largest === envBytes ? ["env"] : [...at, largest === argsBytes ? "args" : "outputs"];
  const message = `arguments, environment and outputs come to ${all} bytes of JSON, above ${BOUNDS.headerBytes}`;
  ctx.addIssue({ code: "custom", path, message });
}

function jsonBytes(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** A language that can be run. */
export const Language = z
  .object({
    name: z.string(),
    aliases: z.array(z.string()),
    images: z.array(z.string()).describe("Images that run it, the default first."),
    compiled: z.boolean(),
    sessions: z.enum(["slot", "container"]).nullable().describe("The cheapest isolation of its sessions; null: none."),
  })
  .meta({ id: "Language" });
export const LanguageList = z.object({ items: z.array(Language) }).meta({ id: "LanguageList" });
export type LanguageList = z.infer<typeof LanguageList>;
