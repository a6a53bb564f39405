import { type CallContext, matchBounded, pythonStrip, translatePythonRegex } from "sandlot";
import { comparable } from "./boxed-letter.ts";
import { latinLetters } from "./choice-letter.ts";
import type { McqaRow, Option } from "./row.ts";

/** What the row's own patterns found; `overrun` when one took too long on this answer. */
export interface TemplateLetter {
  readonly letter: string | null;
  readonly overrun: boolean;
}

/**
 * The letter that the last match of `template_metadata.output_regex` captures, or the option whose text it captures.
 * A letter counts even when no option has it. Of several patterns, the first that finds something wins.
 */
export async function templateLetter(
  ctx: CallContext,
  row: McqaRow,
  options: readonly Option[],
  text: string,
): Promise<TemplateLetter> {
  const patterns = row.template_metadata?.output_regex ?? [];
  for (const pattern of typeof patterns === "string" ? [patterns] : patterns) {
    const found = await matchBounded(ctx, translatePythonRegex(pattern, { ignoreCase: true }), text);
    if (found === null) return { letter: null, overrun: true };
    const letter = found.last === null ? null : letterOf(found.last, options);
    if (letter !== null) return { letter, overrun: false };
  }
  return { letter: null, overrun: false };
}

function letterOf(match: string, options: readonly Option[]): string | null {
  const captured = latinLetters(pythonStrip(match)).toUpperCase();
  if (/^\p{L}$/u.test(captured)) return captured;
  const wanted = comparable(captured);
  return options.find((option) => comparable(option.text) === wanted)?.letter ?? null;
}
