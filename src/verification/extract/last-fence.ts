import { EMPTY_ANSWER, type Extraction, found, missing, NO_FENCE } from "./extraction.ts";
import { type FencedBlock, fencedBlocks } from "./fences.ts";
import { languageName } from "./language-tags.ts";
import { withoutReasoning } from "./reasoning.ts";

/** A line that starts as Python does and prose seldom does. */
const PYTHON_LINE = /^(?:(?:async )?def \w+[ \t]*[([]|class \w+[ \t]*[:([]|import \w|from [\w.]+ import\b|print\()/m;

/**
 * The last complete fence of the language behind all reasoning; where none has its tag, the last complete one without
 * a tag. Other languages' fences do not count. When no language is asked for, the last complete fence. An answer
 * without any fence is a program as a whole only when Python is asked for and a line begins as a statement of Python
 * does.
 */
export function extractLastFence(answer: string, language: string | undefined): Extraction {
  const text = withoutReasoning(answer);
  if (text.trim() === "") return missing(answer.trim() === "" ? EMPTY_ANSWER : "the answer is only reasoning");
  const blocks = fencedBlocks(text);
  if (blocks.length > 0) return lastOf(blocks, language);
  const isPython = language !== undefined && languageName(language) === "python";
  return isPython && PYTHON_LINE.test(text) ? found(text) : missing(NO_FENCE);
}

function lastOf(blocks: readonly FencedBlock[], language: string | undefined): Extraction {
  const complete = blocks.filter(({ closed }) => closed);
  if (complete.length === 0) return missing("the answer's code block is not closed");
  if (language === undefined) return found(complete.at(-1)?.code ?? "");
  const name = languageName(language);
  const last =
    complete.findLast((block) => block.language === name) ?? complete.findLast((block) => block.language === "");
  return last ? found(last.code) : missing(`the answer has no complete code block of ${language}`);
}
