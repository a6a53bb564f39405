/** How far numbers may be apart: by one of the two. */
export interface Tolerances {
  readonly absolute: number;
  readonly relative: number;
}

// Without underscores, hexadecimal forms and the digits of other scripts, which only some languages read.
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i;
/** Tolerances are decimal, doubles are not: without it, 0.300001 would be too far from 0.3. testlib allows as much. */
const ROUNDING = 1e-15;

/**
 * testlib's doubleCompare, by which Codeforces judges: within the absolute tolerance, or within the relative one of
 * the expected number. An infinity is answered by itself alone, and NaN, with or without a sign, by NaN. What is no
 * number, or one beyond the range of doubles, equals nothing here.
 */
export function sameNumber(got: string, wanted: string, { absolute, relative }: Tolerances): boolean {
  const expected = numberOf(wanted);
  const number = expected === null ? null : numberOf(got);
  if (expected === null || number === null) return false;
  if (!Number.isFinite(expected)) return Object.is(number, expected);
  const distance = Math.abs(number - expected);
  return distance <= absolute + ROUNDING || distance <= (relative + ROUNDING) * Math.abs(expected);
}

function numberOf(word: string): number | null {
  if (DECIMAL.test(word)) {
    const value = Number(word);
    return Number.isFinite(value) ? value : null;
  }
  const special = SPECIAL.exec(word);
  if (!special) return null;
  if (special[2] === undefined) return NaN;
  return special[1] === "-" ? -Infinity : Infinity;
}
