import type { z } from "zod";
import { BOUNDS } from "./limits.ts";

/** Kept of an output stream or a file when nobody says how much, as long as there are few of them. */
const DEFAULT_BYTES = 1024 * 1024;

interface Keeping {
  readonly outputs?: readonly { readonly limit_bytes?: number | undefined }[] | undefined;
}

/** Bytes kept of each output stream, of files without a limit of their own, and of all files together. */
export function keptBytes(
  keepBytes: number | undefined,
  cases: readonly Keeping[],
): { readonly keep: number; readonly limit: number; readonly outputs: number } {
  const files = cases.flatMap(({ outputs }) => outputs ?? []);
  const share = Math.floor(BOUNDS.answerBytes / 4);
  const limit = Math.min(DEFAULT_BYTES, Math.floor(share / Math.max(1, files.length)));
  const outputs = files.reduce((sum, { limit_bytes }) => sum + (limit_bytes ?? limit), 0);
  const keep = keepBytes ?? Math.min(DEFAULT_BYTES, Math.floor(share / Math.max(1, cases.length)));
  return { keep, limit, outputs };
}

/** Adds an issue when output and files of all cases could come to more than one answer may carry. */
export function checkKept(keepBytes: number | undefined, cases: readonly Keeping[], ctx: z.RefinementCtx): void {
  const { keep, outputs } = keptBytes(keepBytes, cases);
  const all = 2 * keep * cases.length + outputs;
  if (all <= BOUNDS.answerBytes) return;
  const files = cases.length === 1 ? ["outputs"] : ["cases"];
  const path = outputs > all / 2 ? files : ["keep_output_bytes"];
  const message = `output and files of all cases may come to ${all} bytes, above ${BOUNDS.answerBytes}`;
  ctx.addIssue({ code: "custom", path, message });
}
