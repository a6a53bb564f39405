import { pythonStrip, stripTextWrappers } from "sandlot";
import { comparable, strictBoxedLetter } from "./boxed-letter.ts";
import { choiceLetter } from "./choice-letter.ts";
import type { Option } from "./row.ts";

const ANSWER = /answer\s*:\s*([^\n]+)/iu;
/** With the marks that Markdown puts around it. */
const MARKED_ANSWER = /[*_]{0,2}Answer[*_]{0,2}\s*:[*_\s]{0,2}([^\n]+)/giu;

/** Each may be as long as the text, so only the last ones count; nobody answers more often. */
const MAX_PAYLOADS = 50;

/** What follows the first "Answer:" when it is an option's letter, or exactly an option's text. */
export function answerColonLetter(text: string, options: readonly Option[]): string | null {
  const match = ANSWER.exec(text);
  if (!match) return null;
  const candidate = pythonStrip(stripTextWrappers(match[1] ?? ""));
  const letter = /^\p{L}$/u.test(candidate) ? candidate.toUpperCase() : null;
  if (letter !== null && options.some((option) => option.letter === letter)) return letter;
  const wanted = comparable(candidate);
  return options.find((option) => comparable(option.text) === wanted)?.letter ?? null;
}

/**
 * The letter after the last "Answer:", or after the row's own prefix, that settles on one; where the row has a
 * prefix, a strictly boxed letter counts as well.
 */
export function markedAnswerLetter(text: string, options: readonly Option[], prefix: string | null): string | null {
  const normal = text.normalize("NFKC");
  const payloads = Array.from(normal.matchAll(MARKED_ANSWER), (match) => ({ at: match.index, text: match[1] ?? "" }));
  if (prefix) payloads.push(...afterPrefix(normal, prefix.normalize("NFKC")));
  payloads.sort((a, b) => b.at - a.at);
  for (const payload of payloads.slice(0, MAX_PAYLOADS)) {
    const letter = choiceLetter(payload.text, options);
    if (letter !== null) return letter;
  }
  return prefix ? strictBoxedLetter(text, options) : null;
}

/** The rest of the line after each place where the prefix stands, whatever its case. */
function afterPrefix(text: string, prefix: string): { at: number; text: string }[] {
  const escaped = prefix.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return Array.from(text.matchAll(new RegExp(`${escaped}\\s*`, "giu")), (match) => {
    const start = match.index + match[0].length;
    const end = text.indexOf("\n", start);
    return { at: match.index, text: text.slice(start, end < 0 ? undefined : end) };
  });
}
