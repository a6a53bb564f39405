import { pathConflicts, pathIndex } from "../../contract/execution-paths.ts";
import type { InputFile } from "../../sandbox/index.ts";
import type { ExecutionCase, ExecutionRequest } from "../service.ts";
import { refusal } from "./refusal.ts";

/** Program, files and standard input of one run together: what a sandbox takes in one request, less our own part. */
export const RUN_BYTES = 60 << 20;
/** Files and folders of one workspace; a sandbox has some more inodes. */
const MAX_ENTRIES = 15_000;

/** Bytes of a request's inputs. */
interface InputBytes {
  /** Files of a run, common ones included, in the worst case. */
  readonly files: number;
  /** Everything of a run, in the worst case. */
  readonly run: number;
}

/**
 * Checks that the files of each case fit into one workspace, `source` included, and that no run has more than `mostBytes`:
 * what does not would look like a fault of the sandbox. Throws `invalid_request` naming the file.
 */
export function checkInputs(request: ExecutionRequest, source: InputFile | null, mostBytes: number): InputBytes {
  const files = request.files ?? [];
  const code = source ? sizeOf(source) : Buffer.byteLength(request.code);
  const placed = source ? [source, ...files] : files;
  const laid = placed.filter((file) => !file.archive);
  const index = laid.length > 1 || request.cases.some((one) => one.files) ? pathIndex(laid) : null;
  if (index) {
    for (const { at, problem } of pathConflicts(laid, index)) {
      const file = laid[at];
      if (file && file !== source)
        throw refusal(`files[${files.indexOf(file)}].path`, conflictOf(file, source, problem));
      throw refusal("files", `one of them has the program's own file, ${source?.path}, as its folder`);
    }
  }
  const entries = index ? index.files.size + index.folders.size : laid.length;
  const common = total(placed);
  let largest = { files: common, run: 0 };
  for (const [i, one] of request.cases.entries()) {
    const own = total(one.files);
    const run = code + total(files) + own + (one.stdin?.length ?? 0);
    if (run > mostBytes) throw refusal(own > 0 ? `cases[${i}]` : "files", tooMuch(run, mostBytes));
    largest = { files: Math.max(largest.files, common + own), run: Math.max(largest.run, run) };
    if (one.files && index) checkCase(one.files, { index, entries, source }, `cases[${i}].files`);
  }
  if (entries > MAX_ENTRIES) throw refusal("files", `at most ${MAX_ENTRIES} files and folders`);
  return largest;
}

function checkCase(
  files: readonly InputFile[],
  common: { readonly index: ReturnType<typeof pathIndex>; readonly entries: number; readonly source: InputFile | null },
  at: string,
): void {
  const laid = files.filter((file) => !file.archive);
  const own = pathIndex(laid);
  for (const index of [common.index, own]) {
    const [conflict] = pathConflicts(laid, index);
    const file = conflict && laid[conflict.at];
    if (!file) continue;
    throw refusal(`${at}[${files.indexOf(file)}].path`, conflictOf(file, common.source, conflict.problem));
  }
  if (common.entries + own.files.size + own.folders.size > MAX_ENTRIES)
    throw refusal(at, `at most ${MAX_ENTRIES} files and folders`);
}

/** Callers do not choose where the program lies, so they are told that it is the program which lies there. */
function conflictOf({ path }: InputFile, source: InputFile | null, problem: string): string {
  return path === source?.path ? `${path} is the program's own file` : problem;
}

function tooMuch(bytes: number, most: number): string {
  return `program, files and standard input of a run come to ${bytes} bytes, above ${most}`;
}

export function total(files: readonly InputFile[] | undefined): number {
  return files ? files.reduce((sum, file) => sum + sizeOf(file), 0) : 0;
}

function sizeOf({ path, data }: InputFile): number {
  if ("number" in data) throw refusal("files", `${path}: no sandbox holds it yet`);
  return data.length;
}

/** Whether `path` is `place` or lies in the folder `place`; `.` is the workspace itself. */
export function isWithin(path: string, place: string): boolean {
  return place === "." || path === place || path.startsWith(`${place}/`);
}

/** What cannot be handed to a program at all, and would make every attempt fail before its first byte. */
export function checkTexts({ env, cases }: ExecutionRequest): void {
  if (env) {
    for (const [name, value] of Object.entries(env)) {
      const plain = name !== "" && !name.includes("=") && isPlain(name) && isPlain(value);
      if (!plain)
        throw refusal("env", `${JSON.stringify(name.slice(0, 100))} is not a variable that a program can be given`);
    }
  }
  for (const [i, one] of cases.entries()) checkCaseTexts(one, i);
}

const MAX_OUTPUTS = 64;

function checkCaseTexts({ args, outputs }: ExecutionCase, i: number): void {
  if (args && !args.every(isPlain))
    throw refusal(`cases[${i}].args`, "must not contain NUL or half of a surrogate pair");
  if (!outputs) return;
  if (outputs.length > MAX_OUTPUTS) throw refusal(`cases[${i}].outputs`, `at most ${MAX_OUTPUTS}`);
  for (const { limit } of outputs) {
    if (!Number.isSafeInteger(limit) || limit < 0)
      throw refusal(`cases[${i}].outputs`, "a limit must be a count of bytes");
  }
}

function isPlain(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
