import { gymLastBoxed, pythonStrip, pythonWords, stripTextWrappers } from "sandlot";
import type { Option } from "./row.ts";

/** A letter and what makes it a label: `E:`, `C)`, `B.`, `D -`. */
const LABEL = /^([A-Z])\s*[:).-]/;

/**
 * The capital letter in the last `\boxed{…}`: either its only ASCII letter, or a label that stands at its beginning.
 * Null for anything else, and for a letter that no option has.
 */
export function strictBoxedLetter(text: string, options: readonly Option[]): string | null {
  const boxed = gymLastBoxed(text);
  if (boxed === null) return null;
  const inner = pythonStrip(stripTextWrappers(pythonStrip(boxed)));
  const letters = inner.match(/[A-Za-z]/g) ?? [];
  const only = letters.length === 1 ? letters[0] : undefined;
  const letter = only && /[A-Z]/.test(only) ? only : LABEL.exec(inner)?.[1];
  return options.some((option) => option.letter === letter) ? (letter ?? null) : null;
}

/** The strict letter; without one, the letter of the only option whose text is in the box. */
export function lenientBoxedLetter(text: string, options: readonly Option[]): string | null {
  const strict = strictBoxedLetter(text, options);
  const boxed = gymLastBoxed(text);
  if (strict !== null || boxed === null) return strict;
  const inner = comparable(boxed);
  const named = new Set(
    options.flatMap((option) => {
      const wanted = comparable(option.text);
      return wanted !== "" && inner.includes(wanted) ? [option.letter] : [];
    }),
  );
  return named.size === 1 ? (Array.from(named)[0] ?? null) : null;
}

/** Lower case, with single blanks. */
export function comparable(text: string): string {
  return pythonWords(text.toLowerCase()).join(" ");
}
