/**
 * Text of models, candidates and datasets goes to the user's terminal only through here: escape sequences, other
 * control characters and characters that reorder text are shown instead of obeyed.
 */

/** Characters that move other characters about, or hide them: bidirectional controls, tags, separators, joiners alone. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
/** All of C0 but tab and newline, DEL, and C1 (U+009B alone starts a sequence on some terminals). */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Halves of a pair alone: no terminal encoding has them. */
const LONE = /\p{Surrogate}/gu;

/** The text with everything made visible that a terminal would obey; tabs and newlines stay. */
export function sanitise(text: string): string {
  return text.replaceAll(LONE, "\ufffd").replaceAll(CONTROLS, picture).replaceAll(INVISIBLE, codePoint);
}

/** Like `sanitise`, on one line: newlines and tabs are shown too. */
export function sanitiseLine(text: string): string {
  return sanitise(text).replaceAll("\n", "⏎").replaceAll("\t", "␉");
}

/** JSON of a value on one line, in which terminals find nothing to obey; it parses to the same value. */
export function safeJson(value: unknown): string {
  const escape = (char: string) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");
  return JSON.stringify(value).replaceAll(CONTROLS, escape).replaceAll(INVISIBLE, escape);
}

/** The picture that Unicode has for a control character, else its code in brackets. */
function picture(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : codePoint(char);
}

function codePoint(char: string): string {
  return `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}
