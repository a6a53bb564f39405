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
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === BACKSLASH) i++;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      if (++depth > MAX_JSON_DEPTH) {
        throw new SandlotError("invalid_json", { detail: `nested deeper than ${MAX_JSON_DEPTH} levels` });
      }
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) depth--;
  }
}
