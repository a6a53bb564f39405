import { pythonStrip } from "../compare/index.ts";

/** An expected answer without the math delimiters around it: one pair of `\(…\)`, then one of `$…$` (NeMo Gym's rule). */
export function withoutDelimiters(expected: string): string {
  let text = pythonStrip(expected);
  if (text.startsWith("\\(") && text.endsWith("\\)")) text = pythonStrip(text.slice(2, -2));
  if (text.length > 1 && text.startsWith("$") && text.endsWith("$")) text = pythonStrip(text.slice(1, -1));
  return text;
}
