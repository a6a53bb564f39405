/**
 * Python's ideas of white space, which differ from JavaScript's: verdicts must agree with graders written in Python.
 */

// What str.isspace() accepts and str.strip() removes. Not in it, unlike in JavaScript: U+FEFF.
const SPACES = new Set(
  Array.from("\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", (c) => c.charCodeAt(0)),
);

/** Whether a UTF-16 unit is white space to Python. */
export function isPythonSpace(code: number): boolean {
  if (code > 0x20 && code < 0x7f) return false;
  return SPACES.has(code) || (code >= 0x2000 && code <= 0x200a);
}

/** A part of a text, from `start` up to and without `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A part of a text without the white space at its edges. */
export function strippedRange(text: string, from = 0, to = text.length): TextRange {
  let start = from;
  let end = to;
  while (start < end && isPythonSpace(text.charCodeAt(start))) start++;
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

/**
 * `str.strip()`. By index: candidates choose these texts, and a pattern would go over long runs of blanks again and
 * again.
 */
export function pythonStrip(text: string): string {
  const { start, end } = strippedRange(text);
  return text.slice(start, end);
}

/** `str.split()`: the words between runs of white space. */
export function pythonWords(text: string): string[] {
  const words: string[] = [];
  const reader = new WordReader(text);
  while (reader.next()) words.push(reader.word);
  return words;
}

/** The words of a text, or of a part of it, one after another. */
export class WordReader {
  readonly #text: string;
  readonly #to: number;
  #start: number;
  #end: number;

  constructor(text: string, { start, end }: TextRange = { start: 0, end: text.length }) {
    this.#text = text;
    this.#to = end;
    this.#start = start;
    this.#end = start;
  }

  /** Goes to the next word; false, and at the end of the text, when there is none. */
  next(): boolean {
    let at = this.#end;
    while (at < this.#to && isPythonSpace(this.#text.charCodeAt(at))) at++;
    this.#start = at;
    while (at < this.#to && !isPythonSpace(this.#text.charCodeAt(at))) at++;
    this.#end = at;
    return at > this.#start;
  }

  get start(): number {
    return this.#start;
  }

  get word(): string {
    return this.#text.slice(this.#start, this.#end);
  }
}
