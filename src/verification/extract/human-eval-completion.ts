import { EMPTY_ANSWER, type Extraction, found, missing } from "./extraction.ts";
import { fencedBlocks } from "./fences.ts";
import { withoutReasoning } from "./reasoning.ts";

/** What a HumanEval task asks to be completed. */
export interface Completed {
  /** Imports, helpers, and the function's signature and docstring. */
  readonly prompt: string;
  /** The function's name. */
  readonly entryPoint: string;
}

/**
 * The answer completes HumanEval's prompt. Its last complete fence counts, of Python or without a tag; without any
 * fence all of it behind the reasoning. What defines the function anew is a program, before which the prompt's imports
 * and helpers are put unless it has them; anything else is the function's body, and goes behind the prompt as it is.
 */
export function extractCompletion(answer: string, { prompt, entryPoint }: Completed): Extraction {
  const text = withoutReasoning(answer);
  if (text.trim() === "") return missing(EMPTY_ANSWER);
  const blocks = fencedBlocks(text);
  const fence = blocks.findLast(({ language, closed }) => closed && (language === "python" || language === ""));
  if (blocks.length > 0 && !fence) return missing("the answer has no complete code block of python");
  const code = fence?.code ?? text;
  const own = definitionOf(code, entryPoint);
  if (own < 0) return found(prompt + (fence && !prompt.endsWith("\n") ? "\n" : "") + code);
  const preamble = prompt.slice(0, Math.max(0, definitionOf(prompt, entryPoint)));
  return found(needsPreamble(code, preamble) ? preamble + code : code);
}

/** Where the function is defined at the margin, or -1. */
function definitionOf(source: string, name: string): number {
  const escaped = name.replaceAll(/\W/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
  return source.search(new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${escaped}[ \\t]*[(\\[]`, "mu"));
}

/** `from __future__` must stay the first statement of a program. */
function needsPreamble(code: string, preamble: string): boolean {
  return preamble.trim() !== "" && !code.includes(preamble.trim()) && !/^from __future__ /m.test(code);
}
