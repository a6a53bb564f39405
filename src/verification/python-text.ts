/** Python's ideas of white space, which differ from JavaScript's: verdicts must agree with graders written in Python. */

// What str.isspace() accepts and str.strip() removes. Not in it, unlike in JavaScript: U+FEFF.
const SPACES = new Set(
  Array.from("\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", (c) => c.charCodeAt(0)),
);

function isSpace(code: number): boolean {
  return SPACES.has(code) || (code >= 0x2000 && code <= 0x200a);
}

/** `str.strip()`. By index: candidates choose these texts, and a pattern would go over long runs of blanks again and again. */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** `str.split()`: the words between runs of white space. */
export function pythonWords(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const blank = i === text.length || isSpace(text.charCodeAt(i));
    if (blank && start >= 0) {
      words.push(text.slice(start, i));
      start = -1;
    } else if (!blank && start < 0) start = i;
  }
  return words;
}
