import type { JsonObject } from "../../../core/json/parse.ts";
import { randomHex } from "../../../core/random-hex.ts";
import type { Generation } from "../replica/generation.ts";
import { OutputParser, type OutputPart } from "../text/output-parser.ts";
import type { EventStream } from "../http/event-stream.ts";
import { functionCallItem, messageItem, reasoningItem } from "./response-items.ts";

type OpenItem =
  | { readonly type: "reasoning" | "content"; readonly id: string; text: string }
  | { readonly type: "call"; readonly id: string; readonly callId: string; readonly name: string; text: string };

/** The events of a streamed response, numbered. Items open and close as the text turns out to be theirs. */
export class ResponseWriter {
  readonly #stream: EventStream;
  readonly #parser: OutputParser;
  readonly #items: JsonObject[] = [];
  #open: OpenItem | null = null;
  #number = 0;
  #sent = 0;

  constructor(stream: EventStream, parser: ConstructorParameters<typeof OutputParser>[0]) {
    this.#stream = stream;
    this.#parser = new OutputParser(parser);
  }

  begin(response: JsonObject): void {
    this.#event("response.created", { response });
    this.#event("response.in_progress", { response });
  }

  /** What a generation brought since the last time. */
  push(generation: Generation): void {
    const text = generation.text(this.#sent);
    this.#sent = generation.delivered;
    for (const part of this.#parser.push(text)) this.#take(part);
  }

  /** Closes what is open; answers all items. */
  end(): JsonObject[] {
    for (const part of this.#parser.end()) this.#take(part);
    this.#close();
    return this.#items;
  }

  complete(response: JsonObject): void {
    this.#event("response.completed", { response });
    this.#stream.done(false);
  }

  #take(part: OutputPart): void {
    if (part.type === "call") {
      this.#close();
      const open = {
        type: "call" as const,
        id: `fc_${randomHex(8)}`,
        callId: `chatcmpl-tool-${randomHex(8)}`,
        name: part.name,
        text: "",
      };
      this.#open = open;
      const item = functionCallItem(open.id, open.callId, { name: open.name, arguments: "" }, "in_progress");
      this.#event("response.output_item.added", { item, output_index: this.#items.length });
      return;
    }
    const open = part.type === "arguments" ? this.#open : this.#openText(part.type);
    if (!open) return;
    open.text += part.text;
    const at = { item_id: open.id, output_index: this.#items.length };
    if (open.type === "call") this.#event("response.function_call_arguments.delta", { delta: part.text, ...at });
    else if (open.type === "reasoning")
      this.#event("response.reasoning_text.delta", { content_index: 0, delta: part.text, ...at });
    else this.#event("response.output_text.delta", { content_index: 0, delta: part.text, logprobs: [], ...at });
  }

  #openText(type: "reasoning" | "content"): OpenItem {
    if (this.#open?.type === type) return this.#open;
    this.#close();
    const id = `${type === "reasoning" ? "rs" : "msg"}_${randomHex(8)}`;
    const open = { type, id, text: "" };
    this.#open = open;
    const item = type === "reasoning" ? reasoningItem(id, null, "in_progress") : messageItem(id, null);
    const output_index = this.#items.length;
    this.#event("response.output_item.added", { item, output_index });
    const part = type === "reasoning" ? { text: "", type: "reasoning_text" } : textPart("", []);
    this.#event("response.content_part.added", { content_index: 0, item_id: id, output_index, part });
    return open;
  }

  #close(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    const { id: item_id, text } = open;
    const output_index = this.#items.length;
    const at = { content_index: 0, item_id, output_index };
    let item: JsonObject;
    if (open.type === "call") {
      const { name } = open;
      this.#event("response.function_call_arguments.done", { arguments: text, item_id, output_index, name });
      item = functionCallItem(open.id, open.callId, { name, arguments: text }, "completed");
    } else if (open.type === "reasoning") {
      this.#event("response.reasoning_text.done", { ...at, text });
      this.#event("response.content_part.done", { ...at, part: { text, type: "reasoning_text" } });
      item = reasoningItem(item_id, text, "completed");
    } else {
      this.#event("response.output_text.done", { ...at, logprobs: [], text });
      this.#event("response.content_part.done", { ...at, part: textPart(text, null) });
      item = messageItem(item_id, text);
    }
    this.#event("response.output_item.done", { item, output_index });
    this.#items.push(item);
  }

  #event(type: string, data: JsonObject): void {
    this.#stream.send({ ...data, sequence_number: this.#number++, type }, type);
  }
}

function textPart(text: string, logprobs: unknown): JsonObject {
  return { annotations: [], text, type: "output_text", logprobs };
}
