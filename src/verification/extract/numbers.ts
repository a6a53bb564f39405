// Not the end of a name (`x2`) or of a version (`1.2.3`). Commas part thousands in groups of three, else numbers.
const NUMBER = /(?<![\w.])(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/g;
const GSM8K = /####[ \t]*([-+]?)\$?(\d[\d,]*(?:\.\d+)?|\.\d+)/;

/**
 * The last number of a text, without commas; of `3/4` or `50%` that is `4` and `50`. A minus right before it belongs
 * to it unless it subtracts it from what stands right before the minus.
 */
export function lastNumber(text: string): string | null {
  let last: string | null = null;
  for (const match of text.matchAll(NUMBER)) last = (isNegative(text, match.index) ? "-" : "") + plain(match[0]);
  return last;
}

/** The number behind `####`, without commas and currency: GSM8K's own form. The first, as its scorer has it. */
export function gsm8kNumber(text: string): string | null {
  const match = GSM8K.exec(text);
  if (!match) return null;
  return (match[1] === "-" ? "-" : "") + plain(match[2] ?? "");
}

function isNegative(text: string, start: number): boolean {
  const sign = text[start - 1];
  return (sign === "-" || sign === "\u2212") && !/[\w)\]}]/.test(text.charAt(start - 2));
}

function plain(number: string): string {
  return number.replaceAll(",", "");
}
