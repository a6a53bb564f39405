import { decimalKey, NOT_EQUAL } from "./decimal.ts";
import { pythonStrip, pythonWords } from "./python-text.ts";

/** Null when the outputs agree, else why they do not. */
export type Difference = string | null;

/**
 * NeMo Gym's rule for standard output (code_gen): both sides stripped, split by newline and each line stripped; as
 * many lines; each pair equal as text, or word by word as exact decimals (`1.0` equals `1.00`, without tolerance).
 */
export function compareOutput(output: string, expected: string): Difference {
  const got = strippedLines(output);
  const wanted = strippedLines(expected);
  if (got.length !== wanted.length) return `${got.length} ${plural(got.length)} of output, ${wanted.length} expected`;
  const index = got.findIndex((line, i) => !sameLine(line, wanted[i] ?? ""));
  return index < 0 ? null : `line ${index + 1} differs`;
}

function plural(count: number): string {
  return count === 1 ? "line" : "lines";
}

function strippedLines(text: string): string[] {
  return pythonStrip(text).split("\n").map(pythonStrip);
}

function sameLine(got: string, wanted: string): boolean {
  if (got === wanted) return true;
  const words = pythonWords(got);
  const others = pythonWords(wanted);
  if (words.length !== others.length) return false;
  return words.every((word, i) => {
    const key = decimalKey(word);
    return key !== null && key !== NOT_EQUAL && key === decimalKey(others[i] ?? "");
  });
}
