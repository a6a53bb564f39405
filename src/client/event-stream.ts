import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Longest event, in characters. */
const MAX_EVENT = 256 * 1024 * 1024;

/** One server-sent event. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events from the chunks of a body; comments are passed over, an unfinished event is dropped. */
export async function* readEventStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  let event = "";
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === "") {
      if (data.length > 0) yield { event: event || "message", data: data.join("\n") };
      [event, data] = ["", []];
      continue;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "event") event = value;
    else if (name === "data") data.push(value);
  }
}

/** The complete lines of a text. Each character is looked at once, however many chunks a line comes in. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  let held = "";
  for await (const chunk of chunks) {
    let text = held + decoder.decode(chunk, { stream: true });
    // A trailing CR may be the first half of a CRLF.
    held = text.endsWith("\r") ? "\r" : "";
    if (held) text = text.slice(0, -1);
    let start = 0;
    for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) {
      begun.push(text.slice(start, index));
      yield begun.join("");
      [begun, length] = [[], 0];
      start = index + end.length;
    }
    begun.push(text.slice(start));
    length += text.length - start;
    if (length > MAX_EVENT)
      throw new SandlotError("internal", { detail: `an event is longer than ${MAX_EVENT} characters` });
  }
}
