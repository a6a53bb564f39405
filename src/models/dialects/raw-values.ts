/** Whether raw JSON text is a string. */
export function isRawString(raw: string | undefined): raw is string {
  return raw?.startsWith('"') ?? false;
}

/** Whether raw JSON text is an array. */
export function isRawArray(raw: string | undefined): raw is string {
  return raw?.startsWith("[") ?? false;
}

/** Whether raw JSON text is an object. */
export function isRawObject(raw: string | undefined): raw is string {
  return raw?.startsWith("{") ?? false;
}

/** The string that raw JSON text stands for; null when it is none. */
export function rawText(raw: string | undefined): string | null {
  return isRawString(raw) ? (JSON.parse(raw) as string) : null;
}

/** One raw JSON string of several, without taking them apart: escapes and lone surrogates stay as written. */
export function concatRawStrings(strings: readonly string[], separator = ""): string {
  return `"${strings.map((raw) => raw.slice(1, -1)).join(separator)}"`;
}
