import { messageOf } from "../../core/errors/sandlot-error.ts";
import { BOUNDARY, DIGIT, SPACE, WORD } from "./character-classes.ts";
import { readClass, readEscape } from "./regex-escapes.ts";

/** A pattern of Python's `re`, as JavaScript runs it. */
export interface TranslatedRegex {
  readonly source: string;
  readonly flags: string;
  /** Capturing groups. */
  readonly groups: number;
  /** Whether it neither repeats nor branches, so that its time is bounded by the lengths of pattern and text. */
  readonly plain: boolean;
}

export interface PythonFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
}

const MAX_LENGTH = 4_096;
const QUANTIFIER = /[*+?]|\{(\d*)(,?)(\d*)\}/y;
const LEADING_FLAGS = /^\(\?([aimsu]+)\)/;
const COPIED_GROUPS = ["(?:", "(?=", "(?!", "(?<=", "(?<!"];
const NAMED_GROUP = /\(\?P<([A-Za-z_]\w*)>/y;
const NAMED_REFERENCE = /\(\?P=([A-Za-z_]\w*)\)/y;

/**
 * Translates a pattern of Python's `re` (text patterns, Unicode). Throws SyntaxError for what Python refuses, and for
 * conditional, atomic and possessive parts, verbose patterns and flags for a part of a pattern.
 */
export function translatePythonRegex(pattern: string, flags: PythonFlags = {}): TranslatedRegex {
  if (pattern.length > MAX_LENGTH) throw new SyntaxError(`the pattern is longer than ${MAX_LENGTH} characters`);
  const leading = LEADING_FLAGS.exec(pattern);
  const has = (letter: string) => leading?.[1]?.includes(letter) ?? false;
  const translated = new Translator(pattern.slice(leading?.[0].length ?? 0), {
    multiline: (flags.multiline ?? false) || has("m"),
    dotAll: has("s"),
  }).translate();
  const regexFlags = (flags.ignoreCase ?? false) || has("i") ? "gvi" : "gv";
  // Throws SyntaxError for unbalanced groups, nothing to repeat and the like.
  const { source } = new RegExp(translated.source, regexFlags);
  return { ...translated, source, flags: regexFlags };
}

/** Why a text is no pattern that can be translated; null when it is one. */
export function pythonRegexProblem(pattern: string): string | null {
  try {
    translatePythonRegex(pattern);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

class Translator {
  readonly #pattern: string;
  readonly #multiline: boolean;
  readonly #dotAll: boolean;
  readonly #names = new Map<string, number>();
  #at = 0;
  #groups = 0;
  #plain = true;

  constructor(pattern: string, options: { multiline: boolean; dotAll: boolean }) {
    this.#pattern = pattern;
    this.#multiline = options.multiline;
    this.#dotAll = options.dotAll;
  }

  translate(): Pick<TranslatedRegex, "source" | "groups" | "plain"> {
    let source = "";
    while (this.#at < this.#pattern.length) source += this.#next();
    return { source, groups: this.#groups, plain: this.#plain };
  }

  #next(): string {
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    if (char === "(") return this.#group();
    if (char === "[") return this.#take(readClass(this.#pattern, this.#at));
    if (char === "\\") return this.#escape();
    if (char === "*" || char === "+" || char === "?" || char === "{") return this.#quantifier(char);
    this.#at += char.length;
    if (char === "|" || char === ")") {
      this.#plain = false;
      return char;
    }
    if (char === ".") return this.#dotAll ? "[^]" : "[^\\n]";
    if (char === "^") return this.#multiline ? "(?<![^\\n])" : "(?<![^])";
    if (char === "$") return this.#multiline ? "(?![^\\n])" : "(?=\\n?(?![^]))";
    return literal(char);
  }

  #take({ source, end }: { source: string; end: number }): string {
    this.#at = end;
    return source;
  }

  #group(): string {
    this.#plain = false;
    const copied = COPIED_GROUPS.find((opening) => this.#pattern.startsWith(opening, this.#at));
    if (copied) {
      this.#at += copied.length;
      return copied;
    }
    const named = this.#match(NAMED_GROUP);
    if (named) {
      this.#names.set(named[1] ?? "", ++this.#groups);
      return "(";
    }
    const reference = this.#match(NAMED_REFERENCE);
    if (reference) return this.#reference(this.#names.get(reference[1] ?? ""));
    if (this.#pattern.startsWith("(?#", this.#at)) {
      const end = this.#pattern.indexOf(")", this.#at);
      if (end < 0) throw new SyntaxError("missing ), unterminated comment");
      this.#at = end + 1;
      return "";
    }
    if (this.#pattern.startsWith("(?", this.#at)) {
      throw new SyntaxError(`unsupported group ${this.#pattern.slice(this.#at, this.#at + 4)} at ${this.#at}`);
    }
    this.#at++;
    this.#groups++;
    return "(";
  }

  #escape(): string {
    const char = this.#pattern[this.#at + 1];
    const position: Readonly<Record<string, string>> = {
      b: BOUNDARY,
      B: `(?!${BOUNDARY})`,
      A: "(?<![^])",
      Z: "(?![^])",
      s: `[${SPACE}]`,
      S: `[^${SPACE}]`,
      w: `[${WORD}]`,
      W: `[^${WORD}]`,
      d: `[${DIGIT}]`,
      D: `[^${DIGIT}]`,
    };
    const known = position[char ?? ""];
    if (known) {
      this.#at += 2;
      return known;
    }
    const number = /\\([1-9]\d?)(?!\d)/y;
    number.lastIndex = this.#at;
    const reference = number.exec(this.#pattern);
    if (reference) {
      this.#at = number.lastIndex;
      return this.#reference(Number(reference[1]));
    }
    const { code, end } = readEscape(this.#pattern, this.#at);
    this.#at = end;
    return literal(String.fromCodePoint(code));
  }

  #reference(group: number | undefined): string {
    if (group === undefined || group > this.#groups) throw new SyntaxError("a reference to a group that is not there");
    this.#plain = false;
    return `(?:\\${group})`;
  }

  #quantifier(char: string): string {
    const match = this.#match(QUANTIFIER);
    const [text = "", low = "", comma = "", high = ""] = match ?? [];
    if (!match || text === "{}") {
      this.#at += match ? 2 : 1;
      return match ? literal("{") + literal("}") : literal(char);
    }
    this.#plain = false;
    if (this.#pattern[this.#at] === "+") throw new SyntaxError(`unsupported possessive quantifier at ${this.#at}`);
    const lazy = this.#pattern[this.#at] === "?" ? "?" : "";
    this.#at += lazy.length;
    return (char === "{" ? `{${low || "0"}${comma}${high}}` : text) + lazy;
  }

  #match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#pattern);
    if (match) this.#at = sticky.lastIndex;
    return match;
  }
}

function literal(char: string): string {
  return /^[A-Za-z0-9 ]$/.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
