import type { Generation } from "../replica/generation.ts";

const OPEN = "<think>";
const CLOSE = "</think>";

/** Generated tokens between the tags of the think block; all, while it has no end. */
export function reasoningTokens({ plan, delivered }: Generation, thinking: boolean): number {
  let begin = 0;
  // As much of the text as a tag can lie in.
  let tail = "";
  for (let i = 0; i < delivered; i++) {
    const text = plan.texts[i] ?? "";
    tail = tail.slice(-CLOSE.length) + text;
    if (begin === 0 && tail === OPEN) begin = i + 1;
    else if (begin === 0 && !thinking && !OPEN.startsWith(tail)) return 0;
    if (tail.endsWith(CLOSE)) return i - begin;
  }
  return thinking || begin > 0 ? delivered - begin : 0;
}
