/** Why Python's `json.loads` refuses a text, in its words. */
export class PythonJsonError extends Error {
  /** Character (not UTF-16 unit) at which it gave up. */
  readonly position: number;

  constructor(reason: string, text: string, at: number) {
    super(reason);
    this.position = Array.from(text.slice(0, at)).length;
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// From the blank on, without the quote and the backslash.
const PLAIN = /[ !#-[\]-\uffff]*/y;
const WORDS = new Map<string, unknown>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/**
 * What Python's `json.loads` makes of a text: JSON, NaN and the infinities. Throws PythonJsonError. The caller bounds
 * the depth.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new Reader(text).whole();
  }
}

/** Only for what JSON.parse refuses, so that nearly every body takes the quick way. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value();
    this.#skip(SPACE);
    if (this.#at < this.#text.length) throw this.#error("Extra data");
    return value;
  }

  #value(): unknown {
    this.#skip(SPACE);
    const char = this.#char();
    if (char === '"') return this.#string();
    if (char === "[") return this.#array();
    if (char === "{") return this.#object();
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    const number = this.#skip(NUMBER);
    if (number === "") throw this.#error("Expecting value");
    return Number(number);
  }

  #array(): unknown[] {
    const values: unknown[] = [];
    this.#at++;
    this.#skip(SPACE);
    while (this.#char() !== "]") {
      values.push(this.#value());
      this.#separator("]");
    }
    this.#at++;
    return values;
  }

  #object(): Record<string, unknown> {
    const members: [string, unknown][] = [];
    this.#at++;
    this.#skip(SPACE);
    while (members.length === 0 ? this.#char() !== "}" : true) {
      if (this.#char() !== '"') throw this.#error("Expecting property name enclosed in double quotes");
      const key = this.#string();
      this.#skip(SPACE);
      if (this.#char() !== ":") throw this.#error("Expecting ':' delimiter");
      this.#at++;
      members.push([key, this.#value()]);
      if (this.#separator("}")) break;
    }
    this.#at++;
    return Object.fromEntries(members);
  }

  /** Steps over a comma; true, without a step, at the closing bracket. */
  #separator(close: string): boolean {
    this.#skip(SPACE);
    if (this.#char() === close) return true;
    if (this.#char() !== ",") throw this.#error("Expecting ',' delimiter");
    this.#at++;
    this.#skip(SPACE);
    // Python reads a value here, and says so when the array ends instead.
    if (close === "]" && this.#char() === "]") throw this.#error("Expecting value");
    return false;
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      this.#skip(PLAIN);
      const char = this.#char();
      if (char === '"') return JSON.parse(this.#text.slice(start, ++this.#at)) as string;
      if (char === "") throw this.#error("Unterminated string starting at", start);
      if (char !== "\\") throw this.#error("Invalid control character at");
      this.#escape(start);
    }
  }

  #escape(start: number): void {
    const next = this.#text.charAt(this.#at + 1);
    if (next === "") throw this.#error("Unterminated string starting at", start);
    if (next !== "u") {
      if (!'"\\/bfnrt'.includes(next)) throw this.#error("Invalid \\escape");
      this.#at += 2;
    } else {
      if (!/^[\da-fA-F]{4}$/.test(this.#text.slice(this.#at + 2, this.#at + 6)))
        throw this.#error("Invalid \\uXXXX escape", this.#at + 1);
      this.#at += 6;
    }
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += match.length;
    return match;
  }

  #error(reason: string, at = this.#at): PythonJsonError {
    return new PythonJsonError(reason, this.#text, at);
  }
}
