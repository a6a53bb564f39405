/**
 * Comparisons that need no SymPy, because it is known what math-verify makes of them: of a text with a single box, it
 * reads the box and nothing else, unless the text speaks of its "final answer" or goes on with per cent; of a plain integer
 * it reads that integer; and two readings of the same short formula are equal. `test/verification/math.test.ts` holds this
 * against math-verify itself.
 */

/** Longer texts could run into the library's time limit while it looks for answers. */
const MAX_TEXT = 4_000;
const INTEGER = /^-?(?:0|[1-9]\d{0,14})$/;
/** No powers and factorials, which may be worked out for long; no delimiters, which could end a formula early. */
const FORMULA = /^(?:[A-Za-z0-9+\-*/=.{} ]|\\(?:d?frac|sqrt|pi|cdot|times)(?![A-Za-z])){1,40}$/;

/** Whether `text` answers `expected`; null where only math-verify can tell. */
export function quickComparison(text: string, box: string, expected: string): boolean | null {
  if (!readsOnlyTheBox(text, box)) return null;
  if (INTEGER.test(box) && INTEGER.test(expected)) return BigInt(box) === BigInt(expected);
  return box === expected && FORMULA.test(box) && /[1-9]/.test(box) ? true : null;
}

function readsOnlyTheBox(text: string, box: string): boolean {
  if (text.length > MAX_TEXT || /\\fbox|I hope/.test(text)) return false;
  const [before, after, ...more] = text.split("\\boxed");
  if (before === undefined || after === undefined || more.length > 0) return false;
  const tail = after.slice(after.indexOf(box) + box.length);
  const announced = before.split(/f[iıİ]nal an[sſ]wer/iu);
  if (announced.length === 1) return !/%|ercent|[Pp]ct/.test(tail);
  // It is looked for behind these words, too: then nothing but the box's own delimiters may stand there.
  const between = announced.at(-1) ?? "";
  return (
    announced.length === 2 &&
    /^[A-Za-z \n:*]*(?:\$\$?|\\\[|\\\()?\s*$/.test(between) &&
    /^[\s}.*$\\)\]]{0,8}$/.test(tail)
  );
}
