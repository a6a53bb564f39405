/** What a piece of generated text turns out to be. A call's name comes before its arguments, which come in parts. */
export type OutputPart =
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "content"; readonly text: string }
  | { readonly type: "call"; readonly index: number; readonly name: string }
  | { readonly type: "arguments"; readonly index: number; readonly text: string };

const OPEN_THINK = "<think>";
const CLOSE_THINK = "</think>";
const OPEN_CALL = "<tool_call>";
const CLOSE_CALL = "</tool_call>";

/**
 * Takes generated text apart as it comes: reasoning (as vLLM's qwen3 parser does), content, and tool calls (as its
 * hermes parser does). Text that may be the beginning of a tag is held back until it is known.
 */
export class OutputParser {
  #state: "start" | "reasoning" | "content" | "call" | "after-call";
  #held = "";
  #calls = 0;
  readonly #parseCalls: boolean;
  /** Of the call under way. */
  #named = false;
  #scan: ArgumentScan | null = null;

  /** `thinking`: text is reasoning until a think block ends. `parseCalls`: tools were offered. */
  constructor({ thinking, parseCalls }: { readonly thinking: boolean; readonly parseCalls: boolean }) {
    this.#state = thinking ? "reasoning" : "start";
    this.#parseCalls = parseCalls;
  }

  push(text: string): OutputPart[] {
    this.#held += text;
    const parts: OutputPart[] = [];
    for (;;) {
      const before = `${this.#state} ${this.#held.length}`;
      this.#advance(parts);
      if (`${this.#state} ${this.#held.length}` === before) return parts;
    }
  }

  /** What was held back and came to nothing. */
  end(): OutputPart[] {
    const held = this.#held;
    this.#held = "";
    if (held === "" || this.#state === "call" || this.#state === "after-call") return [];
    return [{ type: this.#state === "reasoning" ? "reasoning" : "content", text: held }];
  }

  #advance(parts: OutputPart[]): void {
    if (this.#state === "call") this.#advanceCall(parts);
    else if (this.#state === "reasoning" || this.#state === "start") this.#advanceReasoning(parts);
    else this.#advanceContent(parts);
  }

  #advanceReasoning(parts: OutputPart[]): void {
    const opens = this.#held.indexOf(OPEN_THINK);
    if (opens === 0) {
      this.#held = this.#held.slice(OPEN_THINK.length);
      this.#state = "reasoning";
      return;
    }
    if (this.#state === "start") {
      if (this.#held !== "" && !OPEN_THINK.startsWith(this.#held)) this.#state = "content";
      return;
    }
    const closes = this.#held.indexOf(CLOSE_THINK);
    this.#emit(parts, "reasoning", closes >= 0 ? closes : this.#held.length - overlap(this.#held, CLOSE_THINK));
    if (closes < 0) return;
    this.#held = this.#held.slice(CLOSE_THINK.length);
    this.#state = "content";
  }

  #advanceContent(parts: OutputPart[]): void {
    if (!this.#parseCalls) {
      this.#emit(parts, "content", this.#held.length);
      return;
    }
    const opens = this.#held.indexOf(OPEN_CALL);
    const sure = opens >= 0 ? opens : this.#held.length - overlap(this.#held, OPEN_CALL);
    // After a call, vLLM drops the text between calls.
    if (this.#state === "after-call") this.#held = this.#held.slice(sure);
    else this.#emit(parts, "content", sure);
    if (opens < 0) return;
    this.#held = this.#held.slice(OPEN_CALL.length);
    this.#state = "call";
    this.#named = false;
    this.#scan = null;
  }

  #advanceCall(parts: OutputPart[]): void {
    if (!this.#named) {
      const header = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,/.exec(this.#held);
      if (!header) return;
      this.#held = this.#held.slice(header[0].length);
      this.#named = true;
      parts.push({ type: "call", index: this.#calls, name: JSON.parse(header[1] ?? '""') as string });
    }
    if (!this.#scan) {
      const key = /^\s*"arguments"\s*:\s*(?=\S)/.exec(this.#held);
      if (!key) return;
      this.#held = this.#held.slice(key[0].length);
      this.#scan = new ArgumentScan();
    }
    const length = this.#scan.ended ? 0 : this.#scan.take(this.#held);
    if (length > 0) parts.push({ type: "arguments", index: this.#calls, text: this.#held.slice(0, length) });
    this.#held = this.#held.slice(length);
    const closes = this.#held.indexOf(CLOSE_CALL);
    if (!this.#scan.ended || closes < 0) return;
    this.#held = this.#held.slice(closes + CLOSE_CALL.length);
    this.#calls++;
    this.#state = "after-call";
  }

  #emit(parts: OutputPart[], type: "reasoning" | "content", length: number): void {
    if (length > 0) parts.push({ type, text: this.#held.slice(0, length) });
    this.#held = this.#held.slice(length);
  }
}

/** Finds the end of a JSON value that comes in parts. */
class ArgumentScan {
  ended = false;
  #depth = 0;
  #string = false;
  #escaped = false;

  /** How many characters of the text belong to the value. */
  take(text: string): number {
    for (let i = 0; i < text.length; i++) {
      const character = text.charAt(i);
      if (this.#string) {
        if (this.#escaped) this.#escaped = false;
        else if (character === "\\") this.#escaped = true;
        else if (character === '"') this.#string = false;
        continue;
      }
      if (character === '"') this.#string = true;
      else if (character === "{" || character === "[") this.#depth++;
      else if (character === "}" || character === "]") {
        // A bracket too many closes the call itself: the value was no object.
        if (this.#depth === 0) return this.#end(i);
        if (--this.#depth === 0) return this.#end(i + 1);
      }
    }
    return text.length;
  }

  #end(at: number): number {
    this.ended = true;
    return at;
  }
}

/** Length of the longest end of `text` that is a beginning of `tag`. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--)
    if (tag.startsWith(text.slice(text.length - length))) return length;
  return 0;
}
