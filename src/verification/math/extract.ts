import { pythonStrip } from "../compare/python-text.ts";

const BOX = "\\boxed{";

/**
 * What the last `\boxed{…}` of a text holds, stripped, braces within it balanced (NeMo Gym's rule); null when there is
 * none, when the last one is not closed, and when it is blank.
 */
export function lastBoxed(text: string): string | null {
  const box = text.lastIndexOf(BOX);
  if (box < 0) return null;
  const start = box + BOX.length;
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return pythonStrip(text.slice(start, at)) || null;
  }
  return null;
}

const DIGITS = String.raw`(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)`;
// A minus is a sign only where nothing stands before it that could be subtracted from.
const NUMBER = new RegExp(String.raw`(?<![\w.)\]])-?${DIGITS}|${DIGITS}`, "g");

/** The last number of a text, without separators of thousands: `$1,250.50` is `1250.50`; null when there is none. */
export function lastNumber(text: string): string | null {
  let last: string | null = null;
  for (const [number] of text.matchAll(NUMBER)) last = number;
  return last?.replaceAll(",", "") ?? null;
}

/** An expected answer without the math delimiters around it: one pair of `\(…\)`, then one of `$…$` (NeMo Gym's rule). */
export function withoutDelimiters(expected: string): string {
  let text = pythonStrip(expected);
  if (text.startsWith("\\(") && text.endsWith("\\)")) text = pythonStrip(text.slice(2, -2));
  if (text.length > 1 && text.startsWith("$") && text.endsWith("$")) text = pythonStrip(text.slice(1, -1));
  return text;
}
