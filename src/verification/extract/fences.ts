import { languageOfInfo } from "./language-tags.ts";

/** A fenced code block of CommonMark. */
export interface FencedBlock {
  /** As `languageName` has it; empty without a tag. */
  readonly language: string;
  /** Without the last line break, and with `\n` for line breaks of any system. */
  readonly code: string;
  /** Whether its closing fence is there; without one it reaches to the end of the text. */
  readonly closed: boolean;
}

interface Fence {
  readonly mark: "`" | "~";
  readonly length: number;
  readonly indent: number;
  /** What follows the marks. */
  readonly rest: string;
}

const SHORTEST = 3;
const DEEPEST_INDENT = 3;

/**
 * The fenced code blocks of a text by CommonMark's rules: three or more back-ticks or tildes, indented by at most
 * three blanks; closed by at least as many of the same on a line of their own. Containers (quotes, lists) are not
 * looked into. Goes over the text once.
 */
export function fencedBlocks(text: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: Fence | null = null;
  let lines: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const fence = fenceOf(line);
    if (open === null) open = fence && opens(fence) ? fence : null;
    else if (fence && closes(fence, open)) {
      blocks.push(blockOf(open, lines, true));
      open = null;
      lines = [];
    } else lines.push(withoutIndent(line, open.indent));
  }
  if (open !== null) blocks.push(blockOf(open, lines, false));
  return blocks;
}

function blockOf(open: Fence, lines: readonly string[], closed: boolean): FencedBlock {
  return { language: languageOfInfo(open.rest), code: lines.join("\n"), closed };
}

function fenceOf(line: string): Fence | null {
  let indent = 0;
  while (indent <= DEEPEST_INDENT && line[indent] === " ") indent++;
  const mark = line[indent];
  if (indent > DEEPEST_INDENT || (mark !== "`" && mark !== "~")) return null;
  let end = indent;
  while (line[end] === mark) end++;
  return end - indent < SHORTEST ? null : { mark, length: end - indent, indent, rest: line.slice(end) };
}

/** Back-ticks with another back-tick behind them are code within a line. */
function opens({ mark, rest }: Fence): boolean {
  return mark === "~" || !rest.includes("`");
}

function closes(fence: Fence, open: Fence): boolean {
  return fence.mark === open.mark && fence.length >= open.length && /^[ \t]*$/.test(fence.rest);
}

/** As many blanks as the opening fence was indented by belong to the fence. */
function withoutIndent(line: string, indent: number): string {
  let blanks = 0;
  while (blanks < indent && line[blanks] === " ") blanks++;
  return line.slice(blanks);
}
