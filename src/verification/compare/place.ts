/** A point in a text with what stands around it, for people. Never larger than a few kilobytes. */
export interface Place {
  /** Counted from 1 in the text as it was written. */
  readonly line: number;
  /** In characters, counted from 1. */
  readonly column: number;
  /** Number of the excerpt's first line. */
  readonly firstLine: number;
  /** The line, and up to two lines before and after it; long ones are cut, which `…` marks. */
  readonly excerpt: readonly string[];
  /** Index of the point in its line of the excerpt. */
  readonly caret: number;
}

const LINES_AROUND = 2;
/** UTF-16 units of a line that are shown. */
const WIDTH = 160;

/** The place of the UTF-16 unit at `offset`, which may be the text's length. */
export function placeAt(text: string, offset: number): Place {
  const start = lineStart(text, offset);
  let first = start;
  let before = 0;
  while (before < LINES_AROUND && first > 0) {
    first = lineStart(text, first - 1);
    before++;
  }
  const point = windowAround(text, start, offset);
  const excerpt: string[] = [];
  let at = first;
  for (let i = 0; i <= before + LINES_AROUND && at <= text.length; i++) {
    excerpt.push(i === before ? cut(text, point) : cut(text, windowAround(text, at, at)));
    at = lineEnd(text, at) + 1;
  }
  const line = 1 + countNewlines(text, 0, offset);
  const column = 1 + countCharacters(text, start, offset);
  const caret = offset - point.from + (point.from > start ? 1 : 0);
  return { line, column, firstLine: line - before, excerpt, caret };
}

/** A place as numbered lines with a mark below its point. */
export function showPlace(place: Place): string {
  const width = String(place.firstLine + place.excerpt.length - 1).length;
  const lines = place.excerpt.flatMap((text, i) => {
    const number = place.firstLine + i;
    const shown = `${String(number).padStart(width)} | ${text}`;
    if (number !== place.line) return [shown];
    // Tabs stay, so that the mark stands below its character.
    return [shown, `${" ".repeat(width)} | ${text.slice(0, place.caret).replaceAll(/[^\t]/gu, " ")}^`];
  });
  return lines.join("\n");
}

/** How many line breaks there are from `from` up to and without `to`. */
export function countNewlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function countCharacters(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (!isSecondHalf(text, at)) count++;
  return count;
}

interface Window {
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly from: number;
  readonly to: number;
}

/** What is shown of the line that starts at `start`, so that `offset` is in it. */
function windowAround(text: string, start: number, offset: number): Window {
  const end = lineEnd(text, offset);
  let from = Math.max(start, Math.min(offset - WIDTH / 2, end - WIDTH));
  let to = Math.min(end, from + WIDTH);
  if (isSecondHalf(text, from)) from--;
  if (isSecondHalf(text, to)) to++;
  return { lineStart: start, lineEnd: end, from, to };
}

function cut(text: string, { lineStart: start, lineEnd: end, from, to }: Window): string {
  return (from > start ? "…" : "") + text.slice(from, to) + (to < end ? "…" : "");
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}

/** Whether a cut before `at` would part a surrogate pair. */
function isSecondHalf(text: string, at: number): boolean {
  return isBetween(text.charCodeAt(at), 0xdc00, 0xdfff) && isBetween(text.charCodeAt(at - 1), 0xd800, 0xdbff);
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}
