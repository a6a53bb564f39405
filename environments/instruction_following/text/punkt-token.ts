import { python } from "./python-pattern.ts";

const NUMBER = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u;
const ELLIPSIS = /^\.\.+$/;
const INITIAL = /^[\p{L}\p{Nl}\p{No}_]\.$/u;

const WORD_START = '[^\\("`{\\[:;&#*@\\)}\\]\\-,]';
/** Characters that are part of no word. */
export const NON_WORD = "[)\";}\\]*:@'({\\[\u2018\u2019\u201c\u201d\u00ab\u00bb?!]";
const MULTIPLE = "(?:-{2,}|\\.{2,}|(?:\\.\\s){2,}\\.)";
const WORD_END = `\\s|$|${NON_WORD}|${MULTIPLE}`;
const TOKEN = python(`${MULTIPLE}|(?=${WORD_START})\\S+?(?=${WORD_END}|,(?=${WORD_END}))|\\S`);

/** A word or sign as Punkt sees it. */
export class PunktToken {
  readonly text: string;
  /** Lower case; one and the same for all numbers. */
  readonly type: string;
  readonly endsWithPeriod: boolean;
  sentenceBreak = false;
  abbreviation = false;
  ellipsis = false;

  constructor(text: string) {
    this.text = text;
    const lower = text.toLowerCase();
    this.type = NUMBER.test(lower) ? "##number##" : lower;
    this.endsWithPeriod = text.endsWith(".");
  }

  get typeWithoutPeriod(): string {
    return this.type.length > 1 && this.type.endsWith(".") ? this.type.slice(0, -1) : this.type;
  }

  get typeWithoutBreak(): string {
    return this.sentenceBreak ? this.typeWithoutPeriod : this.type;
  }

  get isEllipsis(): boolean {
    return ELLIPSIS.test(this.text);
  }

  get isInitial(): boolean {
    return INITIAL.test(this.text);
  }

  get startsUpper(): boolean {
    return /^\p{Uppercase}/u.test(this.text);
  }

  get startsLower(): boolean {
    return /^\p{Lowercase}/u.test(this.text);
  }
}

/** The tokens of a text, line by line. */
export function punktTokens(text: string): PunktToken[] {
  return text.split("\n").flatMap((line) => Array.from(line.matchAll(TOKEN), (match) => new PunktToken(match[0])));
}
