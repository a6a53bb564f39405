import { holdsBreak } from "./punkt-decide.ts";
import { NON_WORD } from "./punkt-token.ts";
import { python } from "./python-pattern.ts";

/** A sign that may end a sentence; what follows it is looked at only. */
const CANDIDATE = python(`[.?!](?=(${NON_WORD}|\\s+(\\S+)))`);
const CLOSING = python("[\"')\\]}\u2018\u2019\u201c\u201d\u00ab\u00bb]+?(?:\\s+|(?=--)|$)", { multiline: true });
const ASCII_SPACE = " \t\n\r\v\f";

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Candidate {
  /** Position of the sign. */
  readonly at: number;
  /** The word before the sign, up to it. */
  readonly word: Span;
  readonly after: string;
  /** The word after the sign; null when something else follows at once. */
  readonly next: string | null;
}

/** The sentences that NLTK's Punkt tokenizer finds in English text. */
export function punktSentences(text: string): string[] {
  return realigned(text, slices(text)).map(({ start, end }) => text.slice(start, end));
}

function slices(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const { at, word, after, next } of candidates(text)) {
    if (!holdsBreak(text.slice(word.start, at + 1) + after)) continue;
    spans.push({ start, end: at + 1 });
    start = next === null ? at + 1 : at + 1 + after.length - next.length;
  }
  spans.push({ start, end: text.trimEnd().length });
  return spans;
}

/** Signs that stand in one word are one candidate: the last of them. */
function candidates(text: string): Candidate[] {
  const found: Candidate[] = [];
  let previous: Candidate | null = null;
  for (const match of text.matchAll(CANDIDATE)) {
    const at = match.index;
    const from: Span = previous?.word ?? { start: 0, end: 0 };
    const space = lastSpace(text, from.end, at);
    const word: Span = { start: space > from.end ? space + 1 : from.start, end: at };
    if (previous && previous.word.end <= word.start) found.push(previous);
    previous = { at, word, after: match[1] ?? "", next: match[2] ?? null };
  }
  return previous ? [...found, previous] : found;
}

function lastSpace(text: string, from: number, to: number): number {
  for (let i = to - 1; i > from; i--) if (ASCII_SPACE.includes(text[i] ?? "")) return i;
  return from;
}

/** Closing quotes and brackets go to the sentence they close. */
function realigned(text: string, spans: readonly Span[]): Span[] {
  const aligned: Span[] = [];
  let moved = 0;
  for (const [i, span] of spans.entries()) {
    const start = span.start + moved;
    const next = spans[i + 1];
    const closing = next ? leading(text.slice(next.start, next.end)) : null;
    if (next && closing !== null) {
      aligned.push({ start, end: next.start + closing.trimEnd().length });
      moved = closing.length;
      continue;
    }
    moved = 0;
    if (span.end > start) aligned.push({ start, end: span.end });
  }
  return aligned;
}

/** The closing signs that a text begins with. */
function leading(text: string): string | null {
  CLOSING.lastIndex = 0;
  const match = CLOSING.exec(text);
  return match?.index === 0 ? match[0] : null;
}
