import { TextDecoder } from "node:util";
import { FRAGMENTS, SPECIAL_TOKENS, WORDS } from "./words.ts";

/** Longest entry that is looked for inside an unknown piece. */
const LONGEST = 12;
/** Pieces that are not in the vocabulary and were taken apart before; forgotten all at once. */
const REMEMBERED = 20_000;
/** Pieces are encoded on their own. Any text is a sequence of them. */
const PIECES = / ?\p{L}+|\d| ?[^\s\p{L}\d]+|\s+(?!\S)|\s+/gu;
const SPECIALS = /(<\|endoftext\|>|<\|im_start\|>|<\|im_end\|>|<\/?think>|<\/?tool_call>|<\/?tool_response>)/;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Ids 0–255 are the bytes, then pairs of letters, words and fragments, at last the special tokens. */
const ENTRIES: readonly string[] = [
  ...new Set([
    ...Array.from(LETTERS, (letter) => ` ${letter}`),
    ...Array.from(LETTERS, (letter) => ` ${letter.toUpperCase()}`),
    ...Array.from(LETTERS).flatMap((first) => Array.from(LETTERS, (second) => first + second)),
    ...WORDS.flatMap((word) => [word, ` ${word}`, capital(word), ` ${capital(word)}`]),
    ...FRAGMENTS,
  ]),
].filter((entry) => entry.length > 1);

const BYTES = 256;
const FIRST_SPECIAL = BYTES + ENTRIES.length;
/** Ids are less than this. */
export const VOCABULARY_SIZE = FIRST_SPECIAL + SPECIAL_TOKENS.length;

const ids = new Map([...ENTRIES, ...SPECIAL_TOKENS].map((text, i) => [text, BYTES + i]));
const bytesOfId: readonly Buffer[] = [
  ...Array.from({ length: BYTES }, (_, byte) => Buffer.from([byte])),
  ...[...ENTRIES, ...SPECIAL_TOKENS].map((text) => Buffer.from(text)),
];
/** Right for ids that are ASCII. */
const plainTexts: readonly string[] = bytesOfId.map((bytes) => bytes.toString("latin1"));
const unknownPieces = new Map<string, readonly number[]>();

function idOf(special: (typeof SPECIAL_TOKENS)[number]): number {
  return FIRST_SPECIAL + SPECIAL_TOKENS.indexOf(special);
}

/** Ends a text; models end an answer with it now and then. */
export const END_OF_TEXT = idOf("<|endoftext|>");
/** Ends an answer. */
export const END_OF_TURN = idOf("<|im_end|>");
const THINK = idOf("<think>");
/** Whether the token stands for no text of an answer (vLLM `skip_special_tokens`). */
export function isHidden(id: number): boolean {
  return id >= FIRST_SPECIAL && id < THINK;
}

/** A token for each word, with its space: text of so many tokens. */
export const WORD_TOKENS: readonly number[] = WORDS.map((word) => ids.get(` ${word}`) ?? 0);

/**
 * The tokens of a text; with a limit, no more than one above it. Deterministic, and exact: `decode` gives the UTF-8 of the text back. Special tokens are
 * boundaries: what comes after one never changes the tokens before it.
 */
export function encode(text: string, limit = Infinity): number[] {
  const tokens: number[] = [];
  const parts = text.split(SPECIALS);
  for (const [i, part] of parts.entries()) {
    // Every second part is a separator.
    if (i % 2 === 1) tokens.push(ids.get(part) ?? 0);
    else if (part !== "") encodePlain(part, tokens, limit);
    if (tokens.length > limit) return tokens.slice(0, limit + 1);
  }
  return tokens;
}

/** Other tokens of the same text than `encode` gives, as a model's sampling can yield them: no word stays whole. */
export function encodeDrifted(text: string): number[] {
  const tokens: number[] = [];
  for (const [piece] of text.matchAll(PIECES)) {
    const word = /\p{L}/u.test(piece);
    takeApart(piece, word ? Math.min(4, piece.length - 1) : LONGEST, tokens);
  }
  return tokens;
}

/** Bytes of the tokens; an id outside of the vocabulary stands for none. */
export function bytesOf(id: number): Buffer {
  return bytesOfId[id] ?? Buffer.alloc(0);
}

/** The text of tokens, hidden ones included; bytes that are not UTF-8 become U+FFFD. */
export function decode(tokens: readonly number[]): string {
  const ascii = tokens.every((id) => id < 128 || id >= BYTES);
  if (ascii) return tokens.map((id) => plainTexts[id] ?? "").join("");
  return Buffer.concat(tokens.map(bytesOf)).toString("utf8");
}

/** The text of each token, hidden ones as nothing. A character of several tokens comes with its last one. */
export function textsOf(tokens: readonly number[]): string[] {
  const texts: string[] = [];
  // Only bytes beyond ASCII can leave a character open.
  let decoder: TextDecoder | null = null;
  for (const id of tokens) {
    const ascii = id < 128 || id >= BYTES;
    if (isHidden(id)) texts.push("");
    else if (decoder) {
      texts.push(decoder.decode(bytesOf(id), { stream: true }));
      if (ascii) decoder = null;
    } else if (ascii) texts.push(plainTexts[id] ?? "");
    else {
      decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      texts.push(decoder.decode(bytesOf(id), { stream: true }));
    }
  }
  const rest = decoder?.decode() ?? "";
  const last = texts.length - 1;
  if (rest !== "" && last >= 0) texts[last] += rest;
  return texts;
}

function encodePlain(text: string, into: number[], limit: number): void {
  for (const [piece] of text.matchAll(PIECES)) {
    if (into.length > limit) return;
    const known = ids.get(piece);
    if (known !== undefined) {
      into.push(known);
      continue;
    }
    let parts = unknownPieces.get(piece);
    if (!parts) {
      parts = takeApart(piece, LONGEST, []);
      if (unknownPieces.size >= REMEMBERED) unknownPieces.clear();
      if (piece.length <= 64) unknownPieces.set(piece, parts);
    }
    for (const part of parts) into.push(part);
  }
}

/** The longest entries from the left, of at most `longest` characters; bytes where there is none. */
function takeApart(piece: string, longest: number, into: number[]): number[] {
  let at = 0;
  while (at < piece.length) {
    let length = Math.min(longest, piece.length - at);
    while (length > 1 && !ids.has(piece.slice(at, at + length))) length--;
    const id = length > 1 ? ids.get(piece.slice(at, at + length)) : undefined;
    if (id === undefined) {
      const character = String.fromCodePoint(piece.codePointAt(at) ?? 0);
      for (const byte of Buffer.from(character)) into.push(byte);
      at += character.length;
    } else {
      into.push(id);
      at += length;
    }
  }
  return into;
}
