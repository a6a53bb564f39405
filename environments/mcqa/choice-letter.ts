import { pythonStrip } from "sandlot";
import type { Option } from "./row.ts";

/** Letters of other alphabets that stand for options. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ["أ", "A"],
  ["ب", "B"],
  ["ج", "C"],
  ["د", "D"],
  ["অ", "A"],
  ["ব", "B"],
  ["ড", "C"],
  ["ঢ", "D"],
]);
const FOREIGN_LETTER = /[أبجدঅবডঢ]/g;
/** Between two letters, this makes them a list of choices instead of one. */
const LIST_SEPARATOR = /^(?:\s*[/|&,;]\s*|\s+(?:or|and)\s+|\s+)$/i;
const LETTER = /(?<![A-Za-z])[A-Za-z](?![A-Za-z])/g;
const STANDALONE_CAPITAL = /(?<![\p{L}\p{N}_])[A-Z](?![\p{L}\p{N}_])/gu;
const EDGES = "*_` \t\n\r.,;:";

/** Compatibility forms (NFKC), and the option letters of other alphabets, as Latin ones. */
export function latinLetters(text: string): string {
  const latin = text.normalize("NFKC").replace(FOREIGN_LETTER, (letter) => ` ${FOREIGN.get(letter) ?? letter}`);
  return pythonStrip(latin);
}

/**
 * The option that the words after "Answer:" settle on: a letter alone or at the beginning, else the last capital
 * that stands alone. Null where they list several.
 */
export function choiceLetter(payload: string, options: readonly Option[]): string | null {
  const candidate = trimEdges(latinLetters(payload));
  const known = (letter: string) => options.some((option) => option.letter === letter);
  if (listsChoices(candidate, known)) return null;
  const characters = Array.from(candidate.slice(0, 2));
  const alone = characters.length === 1 && characters[0] === candidate;
  const letter = alone
    ? candidate
    : (/^[A-Za-z](?![A-Za-z0-9])/.exec(candidate)?.[0] ?? candidate.match(STANDALONE_CAPITAL)?.at(-1));
  const upper = letter?.toUpperCase();
  return upper !== undefined && known(upper) ? upper : null;
}

function listsChoices(text: string, known: (letter: string) => boolean): boolean {
  let before: { letter: string; end: number } | null = null;
  for (const match of text.matchAll(LETTER)) {
    const letter = match[0].toUpperCase();
    if (!known(letter)) continue;
    const end = match.index + 1;
    if (before && before.letter !== letter && LIST_SEPARATOR.test(text.slice(before.end, match.index))) return true;
    before = { letter, end };
  }
  return false;
}

function trimEdges(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && EDGES.includes(text[start] ?? "")) start++;
  while (end > start && EDGES.includes(text[end - 1] ?? "")) end--;
  return text.slice(start, end);
}
