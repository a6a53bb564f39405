import type { ExactValue } from "./exact-value.ts";

/** Deeper values are refused: a comparison must not overflow the stack. */
export const MAX_DEPTH = 200;
/** As in Python, which writes no longer integers. */
const MAX_DIGITS = 4_300;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: ReadonlyMap<string, ExactValue> = new Map<string, ExactValue>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/**
 * Reads what Python's `json.loads` reads: JSON, and NaN and the infinities. Throws SyntaxError otherwise, and for
 * values nested deeper than 200, or than `maxDepth`.
 */
export function parsePythonJson(text: string, maxDepth = MAX_DEPTH): ExactValue {
  const reader = new Reader(text, maxDepth);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  value(depth: number): ExactValue {
    if (depth > this.#maxDepth) throw new SyntaxError(`nested deeper than ${this.#maxDepth}`);
    this.#skipSpace();
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === "[") return this.#array(depth);
    if (char === "{") return this.#object(depth);
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected();
  }

  #array(depth: number): ExactValue[] {
    const values: ExactValue[] = [];
    this.#at++;
    if (this.#accept("]")) return values;
    do values.push(this.value(depth + 1));
    while (this.#accept(","));
    this.#expect("]");
    return values;
  }

  #object(depth: number): Map<string, ExactValue> {
    const members = new Map<string, ExactValue>();
    this.#at++;
    if (this.#accept("}")) return members;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#expect(":");
      members.set(key, this.value(depth + 1));
    } while (this.#accept(","));
    this.#expect("}");
    return members;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') {
      if (this.#at >= this.#text.length) throw this.#unexpected();
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    return JSON.parse(this.#text.slice(start, ++this.#at)) as string;
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) throw this.#unexpected();
    this.#at = NUMBER.lastIndex;
    if (!/^-?\d+$/.test(match[0])) return Number(match[0]);
    if (match[0].length > MAX_DIGITS) throw new SyntaxError(`an integer of more than ${MAX_DIGITS} digits`);
    return BigInt(match[0]);
  }

  #accept(char: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string): void {
    if (!this.#accept(char)) throw this.#unexpected();
  }

  #skipSpace(): void {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(this.#at < this.#text.length ? `unexpected text at ${this.#at}` : "unexpected end");
  }
}
