import { pythonStrip } from "../compare/index.ts";

const MARKER = "\\boxed{";
const WRAPPER = "\\text{";

/**
 * What is inside the last `\boxed{…}`, braces balanced; null without one, and when the last one is not closed. Gym's rule:
 * escaped braces are braces, and `\fbox` is no box.
 */
export function gymLastBoxed(text: string): string | null {
  const start = text.lastIndexOf(MARKER);
  return start < 0 ? null : (boxes(text.slice(start)).at(0) ?? null);
}

/** What is inside the last `\boxed{…}` that is closed, braces balanced. */
export function gymLastClosedBoxed(text: string): string | null {
  return boxes(text).at(-1) ?? null;
}

/** Contents of all closed boxes, in the order they open. One pass: candidates may open a box a thousand times. */
function boxes(text: string): string[] {
  const found: { at: number; content: string }[] = [];
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") open.push(i + 1);
    if (text[i] !== "}") continue;
    const at = open.pop();
    if (at !== undefined && text.endsWith(MARKER, at)) found.push({ at, content: text.slice(at, i) });
  }
  return found.sort((a, b) => a.at - b.at).map(({ content }) => content);
}

/** Takes off every `\text{…}` that encloses the whole of `text`, and the blanks inside it. */
export function stripTextWrappers(text: string): string {
  let inner = text;
  while (inner.startsWith(WRAPPER) && inner.endsWith("}")) inner = pythonStrip(inner.slice(WRAPPER.length, -1));
  return inner;
}
