import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Deepest nesting of a request body. Whatever walks a value recursively later has stack to spare at this depth. */
export const MAX_JSON_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Throws `invalid_json` when arrays and objects nest deeper than the bound; looks at nothing else. */
export function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) i = stringEnd(text, i + 1);
    else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      if (++depth > MAX_JSON_DEPTH) {
        throw new SandlotError("invalid_json", { detail: `nested deeper than ${MAX_JSON_DEPTH} levels` });
      }
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) depth--;
  }
}

/** Where a string's closing quote is, or the end of the text. Found by search: a body is mostly the inside of strings. */
function stringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (end - backslashes > from && text.charCodeAt(end - backslashes - 1) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
