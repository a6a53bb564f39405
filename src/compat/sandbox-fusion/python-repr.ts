const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** What Python's `repr` makes of a text. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // Separators and "other" characters are not printable to Python, the plain blank excepted.
  const body = text.replaceAll(/[\\'"\p{C}\p{Z}]/gu, (char) => {
    if (char === " " || (/['"]/.test(char) && char !== quote)) return char;
    return char === quote ? `\\${char}` : (ESCAPES[char] ?? escaped(char.codePointAt(0) ?? 0));
  });
  return quote + body + quote;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
