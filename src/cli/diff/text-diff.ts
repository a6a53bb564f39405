import { structuredPatch } from "diff";

/** Milliseconds for a comparison: long texts with nothing in common take forever. */
const TIMEOUT_MS = 2_000;

/** A unified difference without its head, a line each; empty for equal texts, null where it would take too long. */
export function unifiedDiff(before: string, after: string): string | null {
  if (before === after) return "";
  const patch = structuredPatch("", "", before, after, undefined, undefined, { context: 3, timeout: TIMEOUT_MS });
  if (!patch) return null;
  const hunks = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    // Answers end as they end.
    ...lines.filter((line) => !line.startsWith("\\")),
  ]);
  return hunks.join("\n");
}
