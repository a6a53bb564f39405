import { lineKey } from "./compare-lines.ts";
import { difference, type Difference } from "./difference.ts";
import { LineReader } from "./line-reader.ts";

/** The same lines by the rule `lines`, each as often, in any order. */
export function compareUnorderedLines(output: string, expected: string, caseInsensitive: boolean): Difference | null {
  // Of the expected lines only, and asked for the candidate's: keys of a candidate's choice could be made to collide.
  const missing = new Map<string, number>();
  const wanted = new LineReader(expected);
  while (wanted.next()) add(missing, lineKey(wanted.line, caseInsensitive), 1);

  const got = new LineReader(output);
  let surplus: number | null = null;
  while (got.next()) {
    const key = lineKey(got.line, caseInsensitive);
    if ((missing.get(key) ?? 0) > 0) add(missing, key, -1);
    else surplus ??= got.range.start;
  }
  const lost = firstMissing(expected, missing, caseInsensitive);
  if (surplus === null && lost === null) return null;
  const point = { text: output, offset: surplus ?? output.length };
  return difference(point, { text: expected, offset: lost ?? expected.length }, ({ line }) =>
    surplus === null ? "expected lines are missing" : `line ${line} is not expected, or not as often`,
  );
}

function add(counts: Map<string, number>, key: string, number: number): void {
  counts.set(key, (counts.get(key) ?? 0) + number);
}

/** Offset of an expected line that the output lacks: the first one, or a later one that is the same. */
function firstMissing(expected: string, missing: ReadonlyMap<string, number>, caseInsensitive: boolean): number | null {
  const lines = new LineReader(expected);
  while (lines.next()) if ((missing.get(lineKey(lines.line, caseInsensitive)) ?? 0) > 0) return lines.range.start;
  return null;
}
