/** Python's ideas of white space, which differ from JavaScript's: verdicts must agree with graders written in Python. */

// What str.isspace() accepts and str.strip() removes. Not in it, unlike in JavaScript: U+FEFF.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const RUNS = new RegExp(`[${SPACE}]+`);

/** `str.strip()` */
export function pythonStrip(text: string): string {
  return text.replace(EDGES, "");
}

/** `str.split()`: the words between runs of white space. */
export function pythonWords(text: string): string[] {
  const stripped = pythonStrip(text);
  return stripped === "" ? [] : stripped.split(RUNS);
}
