import type { Generation } from "../replica/generation.ts";

/** Generated tokens between the tags of the think block; all, while it has no end. */
export function reasoningTokens({ plan, delivered }: Generation, thinking: boolean): number {
  const { texts } = plan;
  let text = "";
  let begin = 0;
  for (let i = 0; i < delivered; i++) {
    text += texts[i] ?? "";
    if (i < 8 && text.trimStart() === "<think>") begin = i + 1;
    else if (!thinking && begin === 0 && !"<think>".startsWith(text)) return 0;
    if (text.endsWith("</think>")) return Math.max(0, i - begin);
  }
  return thinking || begin > 0 ? delivered - begin : 0;
}
