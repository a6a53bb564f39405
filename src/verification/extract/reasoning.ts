const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * An answer without the reasoning that a server left in it: everything up to the last `</think>` goes, and from a
 * `<think>` that is never closed on, everything that follows.
 */
export function withoutReasoning(answer: string): string {
  const close = answer.lastIndexOf(CLOSE);
  const rest = close < 0 ? answer : answer.slice(close + CLOSE.length);
  const open = rest.indexOf(OPEN);
  return open < 0 ? rest : rest.slice(0, open);
}
