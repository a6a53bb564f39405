import { asciiDigits, pythonStrip, pythonWords } from "../compare/index.ts";
import { withoutDelimiters } from "./without-delimiters.ts";

const TOLERANCE = 1e-6;
const TEXT = "\\text{";

/**
 * NeMo Gym's rule for boxed answers (math_with_code), which knows no algebra: equal as texts without outer delimiters, one
 * `\text{…}` and surplus blanks, or equal as floats within 1e-6, relative above 1.
 */
export function sameAnswer(answer: string, expected: string): boolean {
  const [got, wanted] = [normalised(answer), normalised(expected)];
  if (got === wanted) return true;
  const [x, y] = [pythonFloat(got), pythonFloat(wanted)];
  return x !== null && y !== null && Math.abs(x - y) < TOLERANCE * Math.max(1, Math.abs(y));
}

function normalised(answer: string): string {
  let text = withoutDelimiters(answer);
  if (text.startsWith(TEXT) && text.endsWith("}")) text = text.slice(TEXT.length, -1);
  return pythonWords(text).join(" ");
}

const FLOAT = /^[+-]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?)$/i;
const SPECIAL = /^([+-]?)(inf(?:inity)?|nan)$/i;

/** What Python's `float()` reads; null where it raises. */
function pythonFloat(text: string): number | null {
  const digits = asciiDigits(pythonStrip(text));
  const special = SPECIAL.exec(digits);
  if (special) return /^nan$/i.test(special[2] ?? "") ? NaN : special[1] === "-" ? -Infinity : Infinity;
  return FLOAT.test(digits) ? Number(digits.replaceAll("_", "")) : null;
}
