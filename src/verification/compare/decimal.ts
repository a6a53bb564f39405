/** A number as Python's `decimal.Decimal` reads it, in a form in which equal numbers are equal strings; or null. */
export function decimalKey(word: string): string | null {
  // Underscores between digits and digits of other scripts are Decimal's; it reads them as plain digits.
  const text = asciiDigits(word.replaceAll("_", ""));
  const special = /^([+-]?)(inf(?:inity)?|s?nan\d*)$/i.exec(text);
  if (special) return /^inf/i.test(special[2] ?? "") ? `${special[1] === "-" ? "-" : ""}inf` : NOT_EQUAL;
  const match = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d{1,18}))?$/i.exec(text);
  if (!match) return null;
  const [, sign, whole = "", fraction = "", bare = "", exponent = "0"] = match;
  const decimals = fraction + bare;
  const digits = withoutLeadingZeros(whole + decimals);
  const significant = withoutTrailingZeros(digits);
  if (significant === "") return "0";
  const scale = BigInt(exponent) - BigInt(decimals.length) + BigInt(digits.length - significant.length);
  return `${sign === "-" ? "-" : ""}${significant}e${scale}`;
}

/** The key of NaN: a number, but equal to nothing, itself included. */
export const NOT_EQUAL = "nan";

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (digits[start] === "0") start++;
  return digits.slice(start);
}

/** By index: a pattern anchored at the end goes over long runs of zeros again and again. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

/** `text` with the decimal digits of every script as ASCII digits. */
export function asciiDigits(text: string): string {
  if (!/\P{ASCII}/u.test(text)) return text;
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    if (code < 128) return digit;
    // Decimal digits come in runs of ten that start at their zero.
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String(code - zero);
  });
}
