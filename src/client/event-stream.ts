import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Longest event, in characters. */
const MAX_EVENT = 64 * 1024 * 1024;

/** One server-sent event. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events from the chunks of a body; comments are passed over, an unfinished event is dropped. */
export async function* readEventStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let rest = "";
  let event = "";
  let data: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A trailing CR may be the first half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > MAX_EVENT)
      throw new SandlotError("internal", { detail: `an event is longer than ${MAX_EVENT} characters` });
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { event: event || "message", data: data.join("\n") };
        [event, data] = ["", []];
        continue;
      }
      const [, name, value = ""] = line.match(/^([^:]*)(?:: ?(.*))?$/s) ?? [];
      if (name === "event") event = value;
      else if (name === "data") data.push(value);
    }
  }
}
