import { countNewlines } from "./place.ts";
import { strippedRange, type TextRange } from "./python-text.ts";

/** The lines of a text without the white space at the text's edges and at those of each line, one after another. */
export class LineReader {
  readonly text: string;
  readonly #all: TextRange;
  #next: number;
  #line: TextRange;

  constructor(text: string) {
    this.text = text;
    this.#all = strippedRange(text);
    this.#next = this.#all.start;
    this.#line = { start: this.#next, end: this.#next };
  }

  /** Goes to the next line; false, and at the end of the text, when there is none. A blank text is one empty line. */
  next(): boolean {
    const { end } = this.#all;
    const more = this.#next <= end;
    const lineEnd = more ? this.text.indexOf("\n", this.#next) : -1;
    const to = lineEnd < 0 || lineEnd > end ? end : lineEnd;
    this.#line = more ? strippedRange(this.text, this.#next, to) : { start: end, end };
    this.#next = to + 1;
    return more;
  }

  /** Where the line is in the text. */
  get range(): TextRange {
    return this.#line;
  }

  get line(): string {
    return this.text.slice(this.#line.start, this.#line.end);
  }

  /** How many lines there are in all. */
  count(): number {
    return 1 + countNewlines(this.text, this.#all.start, this.#all.end);
  }
}
