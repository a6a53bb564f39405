import { decimalKey, NOT_EQUAL } from "./decimal.ts";
import { commonPrefix, difference, type Difference, folded } from "./difference.ts";
import { LineReader } from "./line-reader.ts";
import { pythonWords, WordReader } from "./python-text.ts";

/**
 * NeMo Gym's rule for standard output (code_gen): both sides stripped, split by newline and each line stripped; as
 * many lines; each pair equal as text, or word by word as exact decimals (`1.0` equals `1.00`, without tolerance).
 */
export function compareLines(output: string, expected: string, caseInsensitive: boolean): Difference | null {
  const got = new LineReader(output);
  const wanted = new LineReader(expected);
  for (;;) {
    const more = got.next();
    const expectsMore = wanted.next();
    if (!more && !expectsMore) return null;
    if (more && expectsMore && sameLine(got.line, wanted.line, caseInsensitive)) continue;
    const inside = firstDifference(got.line, wanted.line, caseInsensitive);
    return difference(
      { text: output, offset: got.range.start + inside.got },
      { text: expected, offset: wanted.range.start + inside.wanted },
      ({ line }) => {
        const [count, expectedCount] = [got.count(), wanted.count()];
        if (count === expectedCount) return `line ${line} differs`;
        return `${count} ${count === 1 ? "line" : "lines"} of output, ${expectedCount} expected`;
      },
    );
  }
}

/** A text that two lines share exactly when they are the same to the rule. */
export function lineKey(line: string, caseInsensitive: boolean): string {
  const keys = pythonWords(line).map(numberKey);
  return keys.length > 0 && !keys.includes(null)
    ? `numbers ${keys.join(" ")}`
    : `text ${folded(line, caseInsensitive)}`;
}

function sameLine(got: string, wanted: string, caseInsensitive: boolean): boolean {
  if (got === wanted || (caseInsensitive && folded(got, true) === folded(wanted, true))) return true;
  const words = new WordReader(got);
  const others = new WordReader(wanted);
  for (;;) {
    const more = words.next();
    if (more !== others.next()) return false;
    if (!more) return true;
    if (!sameDecimal(words.word, others.word)) return false;
  }
}

function sameDecimal(word: string, other: string): boolean {
  const key = numberKey(word);
  return key !== null && key === numberKey(other);
}

function numberKey(word: string): string | null {
  const key = decimalKey(word);
  return key === NOT_EQUAL ? null : key;
}

/** Offsets in both lines of the first words that differ; where only blanks do, of those. */
function firstDifference(got: string, wanted: string, caseInsensitive: boolean): { got: number; wanted: number } {
  const words = new WordReader(got);
  const others = new WordReader(wanted);
  for (;;) {
    const more = words.next();
    if (more !== others.next()) return { got: words.start, wanted: others.start };
    const [word, other] = [folded(words.word, caseInsensitive), folded(others.word, caseInsensitive)];
    if (more && (word === other || sameDecimal(word, other))) continue;
    const inside = more ? commonPrefix(words.word, others.word) : commonPrefix(got, wanted);
    return more ? { got: words.start + inside, wanted: others.start + inside } : { got: inside, wanted: inside };
  }
}
