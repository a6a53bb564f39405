import { DIGIT, SPACE, WORD } from "./character-classes.ts";

const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, 0: 0 };
const NUMERIC = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|0([0-7]{1,2})|([0-3][0-7]{2}))/y;
const SETS: Readonly<Record<string, string>> = {
  s: SPACE,
  S: `[^${SPACE}]`,
  w: WORD,
  W: `[^${WORD}]`,
  d: DIGIT,
  D: `[^${DIGIT}]`,
};

/** The character that a backslash at `at` writes, and where its escape ends. */
export function readEscape(pattern: string, at: number): { code: number; end: number } {
  NUMERIC.lastIndex = at;
  const match = NUMERIC.exec(pattern);
  if (match) {
    const hexadecimal = match[1] ?? match[2] ?? match[3];
    const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number.parseInt(match[4] ?? match[5] ?? "0", 8);
    if (code > 0x10_ffff) throw new SyntaxError(`bad escape ${match[0]} at ${at}`);
    return { code, end: NUMERIC.lastIndex };
  }
  const code = pattern.codePointAt(at + 1);
  if (code === undefined) throw new SyntaxError("bad escape (end of pattern)");
  const char = String.fromCodePoint(code);
  const control = CONTROL[char];
  if (control !== undefined) return { code: control, end: at + 2 };
  if (/[A-Za-z0-9]/.test(char)) throw new SyntaxError(`bad escape \\${char} at ${at}`);
  return { code, end: at + 1 + char.length };
}

/** The class `[…]` that begins at `at`, for the flag `v`, and where it ends. */
export function readClass(pattern: string, at: number): { source: string; end: number } {
  let next = at + 1;
  const negated = pattern[next] === "^";
  if (negated) next++;
  let source = "";
  for (let first = true; first || pattern[next] !== "]"; first = false) {
    const low = readMember(pattern, next);
    next = low.end;
    if (pattern[next] !== "-" || pattern[next + 1] === "]" || pattern[next + 1] === undefined) {
      source += low.set ?? escaped(low.code);
      continue;
    }
    const high = readMember(pattern, next + 1);
    if (low.set !== null || high.set !== null || low.code > high.code) {
      throw new SyntaxError(`bad character range at ${next}`);
    }
    source += `${escaped(low.code)}-${escaped(high.code)}`;
    next = high.end;
  }
  return { source: `[${negated ? "^" : ""}${source}]`, end: next + 1 };
}

function readMember(pattern: string, at: number): { code: number; set: string | null; end: number } {
  const code = pattern.codePointAt(at);
  if (code === undefined) throw new SyntaxError("unterminated character set");
  if (pattern[at] !== "\\") return { code, set: null, end: at + String.fromCodePoint(code).length };
  const letter = pattern[at + 1] ?? "";
  const set = SETS[letter];
  if (set) return { code: 0, set, end: at + 2 };
  if (letter === "b") return { code: 8, set: null, end: at + 2 };
  return { ...readEscape(pattern, at), set: null };
}

function escaped(code: number): string {
  return `\\u{${code.toString(16)}}`;
}
