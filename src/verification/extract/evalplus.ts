import { EMPTY_ANSWER, type Extraction, found, missing, NO_FENCE } from "./extraction.ts";

const FENCE = "```";
const PYTHON_FENCE = "```python";

/**
 * NeMo Gym's rule for EvalPlus: the text from the last Python fence, else from the last plain one, up to the next
 * fence, which must be there; stripped, and the prompt put before it unless it begins with the prompt. Fences count in
 * the middle of a line, too. Of plain fences Gym's own code never finds one, against its test; here they are found in
 * pairs.
 */
export function extractEvalPlus(answer: string, prompt: string | undefined): Extraction {
  const text = answer.replaceAll("\r", "");
  if (text.trim() === "") return missing(EMPTY_ANSWER);
  const code = pythonFence(text) ?? plainFence(text);
  if (code === null)
    return missing(text.includes(FENCE) ? "the answer has no complete code block of python" : NO_FENCE);
  if (code === "") return missing("the answer's code block is empty");
  return found(prompt === undefined || code.startsWith(prompt) ? code : prompt + code);
}

/** Null where there is none at all; a last one that is not closed makes no program. */
function pythonFence(text: string): string | null {
  const start = text.lastIndexOf(PYTHON_FENCE);
  if (start < 0) return null;
  const code = start + PYTHON_FENCE.length;
  const end = text.indexOf(FENCE, code);
  return end < 0 ? null : text.slice(code, end).trim();
}

function plainFence(text: string): string | null {
  if (text.includes(PYTHON_FENCE)) return null;
  // Every second mark opens; plain is what a line break follows.
  const pieces = text.split(FENCE);
  for (let i = pieces.length - (pieces.length % 2 === 0 ? 3 : 2); i > 0; i -= 2) {
    const piece = pieces[i] ?? "";
    if (piece.startsWith("\n")) return piece.trim();
  }
  return null;
}
