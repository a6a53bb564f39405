import { pythonStrip } from "../../verification/compare/index.ts";
import { pythonFloat } from "./python-number.ts";

const RELATIVE_TOLERANCE = 1e-5;
const SMALLEST_SCALE = 1e-10;

/**
 * CommonOJ's rule: both sides stripped, as many lines, and each pair equal without regard to case and outer white space, or
 * two numbers that differ by less than 1e-5 of the expected one. Integers are such numbers too: 1000001 passes for 1000000.
 */
export function sameOutput(output: string, expected: string): boolean {
  const got = pythonStrip(output).split("\n");
  const wanted = pythonStrip(expected).split("\n");
  return got.length === wanted.length && got.every((line, i) => sameLine(line, wanted[i] ?? ""));
}

function sameLine(line: string, other: string): boolean {
  const [got, wanted] = [line.toLowerCase(), other.toLowerCase()].map(pythonStrip);
  if (got === undefined || wanted === undefined) return false;
  if (got === wanted) return true;
  const [a, b] = [pythonFloat(got), pythonFloat(wanted)];
  if (a === null || b === null) return false;
  return Math.abs(a - b) / Math.max(Math.abs(b), SMALLEST_SCALE) < RELATIVE_TOLERANCE;
}
