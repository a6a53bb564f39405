import { pythonStrip } from "../../verification/compare/index.ts";

/** A piece of an answer that may be the program. */
export interface CodeBlock {
  /** 30 fenced, 20 fenced without an end, 10 guessed; custom logic gives its own. The highest are chosen from. */
  readonly priority: number;
  /** The dialect's name; empty when the tag is none that is known. */
  readonly language: string;
  readonly code: string;
}

const FENCE = "```";

const TAGS: Readonly<Record<string, readonly string[]>> = {
  python: ["python", "Python", "py", "Python3", "python3", "PY"],
  cpp: ["cpp", "c++", "C++", "Cpp", "CPP"],
  nodejs: ["javascript", "Javascript", "JavaScript", "JS", "js", "nodejs"],
  go: ["go", "Go"],
  java: ["java", "Java"],
  php: ["php", "PHP"],
  csharp: ["csharp", "c#", "C#"],
  bash: ["bash", "Bash", "BASH", "sh", "shell"],
  typescript: ["typescript", "ts"],
  rust: ["rust", "Rust", "rs"],
  julia: ["julia", "Julia", "jl"],
  lua: ["lua", "Lua"],
  perl: ["perl", "Perl", "PERL"],
  R: ["R", "r"],
  ruby: ["ruby", "Ruby"],
  scala: ["scala", "Scala"],
  racket: ["racket"],
  swift: ["swift"],
};
const LANGUAGE_OF_TAG = new Map(
  Object.entries(TAGS).flatMap(([language, tags]) => tags.map((tag) => [tag, language] as const)),
);

/** Every candidate for the program in an answer, in the order in which the original weighs them. */
export function codeBlocks(answer: string, language: string): CodeBlock[] {
  return [...fencedBlocks(answer), ...guessedBlocks(answer, language), ...unendedBlocks(answer)];
}

/** Of the blocks with the highest priority, the first of this language, else the first; empty when there is none. */
export function chooseBlock(blocks: readonly CodeBlock[], language: string): string {
  const highest = blocks.reduce((most, { priority }) => Math.max(most, priority), -Infinity);
  const best = blocks.filter(({ priority }) => priority === highest);
  return (best.find((block) => block.language === language) ?? best[0])?.code ?? "";
}

/** The blocks of the first kind of which there is any: fenced, fenced without an end, guessed. */
export function firstKindOfBlocks(answer: string, language: string): CodeBlock[] {
  const fenced = fencedBlocks(answer);
  if (fenced.length > 0) return fenced;
  const unended = unendedBlocks(answer);
  return unended.length > 0 ? unended : guessedBlocks(answer, language);
}

/**
 * Complete fences: three back-ticks, the rest of the line as tag, and the text up to the next three back-ticks before
 * which there is nothing but white space on their line. Where a block ends in blank lines, it ends before the first. By
 * index: the policy chooses these texts, and a pattern would go over long runs of blanks again and again.
 */
function fencedBlocks(answer: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (let from = 0; ;) {
    const open = answer.indexOf(FENCE, from);
    const start = open < 0 ? 0 : answer.indexOf("\n", open + FENCE.length) + 1;
    // No line end, or below no closing fence: then later openings have none either.
    if (start === 0) return blocks;
    const close = closingFence(answer, start);
    if (!close) return blocks;
    const language = languageOf(answer.slice(open + FENCE.length, start - 1));
    blocks.push({ priority: 30, language, code: answer.slice(start, close.codeEnd) });
    from = close.at + FENCE.length;
  }
}

function closingFence(answer: string, start: number): { at: number; codeEnd: number } | null {
  for (let at = answer.indexOf(FENCE, start); at >= 0; at = answer.indexOf(FENCE, at + 1)) {
    let blank = at;
    let lineEnd = -1;
    while (blank > start && isSpace(answer.charAt(blank - 1))) if (answer[--blank] === "\n") lineEnd = blank;
    if (lineEnd >= 0) return { at, codeEnd: lineEnd };
  }
  return null;
}

function isSpace(char: string): boolean {
  return pythonStrip(char) === "";
}

function unendedBlocks(answer: string): CodeBlock[] {
  const open = answer.indexOf(FENCE);
  const lineEnd = open < 0 ? -1 : answer.indexOf("\n", open);
  if (lineEnd < 0) return [];
  const language = languageOf(answer.slice(open + FENCE.length, lineEnd));
  return [{ priority: 20, language, code: answer.slice(lineEnd + 1) }];
}

function languageOf(tag: string): string {
  return LANGUAGE_OF_TAG.get(pythonStrip(tag)) ?? "";
}

function guessedBlocks(answer: string, language: string): CodeBlock[] {
  if (language !== "python" && language !== "bash") return [];
  const lines = answer.split("\n").filter((line) => pythonStrip(line) !== "");
  const found = language === "bash" ? [lines] : definitions(lines);
  return found.map((block) => ({ priority: 10, language, code: `${block.join("\n")}\n` }));
}

/** Functions and classes with the imports and comments right above them. What stands after them is lost. */
function definitions(lines: readonly string[]): string[][] {
  const found: string[][] = [];
  let start = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (/^(?:import|from|#)./.test(line)) continue;
    const body = i + 1;
    let end = body;
    if (/^(?:def|class) ./.test(line)) while (isSpace((lines[end] ?? "x").charAt(0))) end++;
    if (end > body) found.push(lines.slice(start, end));
    start = Math.max(end, body);
    i = start - 1;
  }
  return found;
}
