import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { randomHex } from "../../../core/random-hex.ts";
import { startGenerations } from "../calls/call.ts";
import { messagesCall } from "../calls/messages-call.ts";
import { runGenerations } from "../calls/run.ts";
import type { Generation } from "../replica/generation.ts";
import type { Replica } from "../replica/replica.ts";
import { OutputParser, type OutputPart } from "../text/output-parser.ts";
import { parseOutput } from "../text/parse-output.ts";
import type { EventStream } from "../http/event-stream.ts";
import type { Exchange } from "../http/exchange.ts";
import { HttpError } from "../http/http-error.ts";
import { countTokens } from "./usage.ts";

/** `POST /v1/messages`, Anthropic's dialect. */
export async function messages(exchange: Exchange): Promise<void> {
  const { replica } = exchange;
  const body = exchange.object();
  const { call, stream } = messagesCall(replica, body);
  const id = `chatcmpl-${exchange.callId(body)}`;
  const generations = startGenerations(replica, [call], 1, id);
  const [generation] = generations;
  if (!generation) return;
  const parser = { thinking: call.thinking, parseCalls: call.tools.length > 0 };
  if (!stream) {
    await runGenerations(exchange, generations);
    const content = blocksOf(generation, parser);
    const called = content.some((block) => block["type"] === "tool_use");
    const stop = stopOf(generation, called);
    exchange.json(200, {
      id,
      type: "message",
      role: "assistant",
      content,
      model: replica.settings.model,
      stop_reason: stop.stop_reason,
      ...(stop.stop_sequence === null ? {} : { stop_sequence: stop.stop_sequence }),
      usage: usageOf(replica, generation),
    });
    return;
  }
  const events = exchange.events(generation.plan.tokens.length + 3);
  const writer = new BlockWriter(events, parser);
  const message = {
    id,
    type: "message",
    role: "assistant",
    content: [],
    model: replica.settings.model,
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: generation.plan.prompt.length, output_tokens: 0 },
  };
  generation.onTokens = () => {
    writer.begin(message);
    writer.push(generation);
  };
  try {
    await runGenerations(exchange, generations);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    events.send({ type: "error", error: { type: error.type, message: error.message } }, "error");
    events.done(false);
    return;
  }
  writer.begin(message);
  const called = writer.end();
  writer.complete({ delta: stopOf(generation, called), usage: usageOf(replica, generation) });
}

/** `POST /v1/messages/count_tokens` */
export function countMessageTokens(exchange: Exchange): void {
  const body = exchange.object();
  const { call } = messagesCall(exchange.replica, { max_tokens: 1, ...body });
  const tokens = call.prompt.length;
  exchange.json(200, { input_tokens: tokens, context_management: { original_input_tokens: tokens } });
}

function stopOf({ finish, plan }: Generation, called: boolean): { stop_reason: string; stop_sequence: string | null } {
  const sequence = finish === "stop" && typeof plan.stopReason === "string" ? plan.stopReason : null;
  if (sequence !== null) return { stop_reason: "stop_sequence", stop_sequence: sequence };
  const stop_reason = finish === "length" ? "max_tokens" : finish === "stop" && called ? "tool_use" : "end_turn";
  return { stop_reason, stop_sequence: null };
}

function usageOf(replica: Replica, generation: Generation): JsonObject {
  const { prompt, completion, cached, created } = countTokens(replica, [generation], 1);
  return {
    input_tokens: prompt - cached - created,
    output_tokens: completion,
    cache_creation_input_tokens: created,
    cache_read_input_tokens: cached,
  };
}

function blocksOf(generation: Generation, parser: { thinking: boolean; parseCalls: boolean }): JsonObject[] {
  const { reasoning, content, toolCalls } = parseOutput(generation.text(), parser);
  return [
    ...(reasoning === null ? [] : [{ type: "thinking", thinking: reasoning, signature: randomHex(16) }]),
    ...(content === null ? [] : [{ type: "text", text: content }]),
    ...toolCalls.map((call) => ({
      type: "tool_use",
      id: `chatcmpl-tool-${randomHex(8)}`,
      name: call.name,
      input: inputOf(call.arguments),
    })),
  ];
}

function inputOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The events of a streamed message: blocks that begin, grow and end. */
class BlockWriter {
  readonly #stream: EventStream;
  readonly #parser: OutputParser;
  #open: "reasoning" | "content" | "call" | null = null;
  #index = -1;
  #sent = 0;
  #begun = false;
  #called = false;

  constructor(stream: EventStream, parser: { thinking: boolean; parseCalls: boolean }) {
    this.#stream = stream;
    this.#parser = new OutputParser(parser);
  }

  /** Once, however often it is called. */
  begin(message: JsonObject): void {
    if (!this.#begun) this.#event("message_start", { message });
    this.#begun = true;
  }

  push(generation: Generation): void {
    const text = generation.text(this.#sent);
    this.#sent = generation.delivered;
    for (const part of this.#parser.push(text)) this.#take(part);
  }

  /** Closes what is open; tells whether a tool was called. */
  end(): boolean {
    for (const part of this.#parser.end()) this.#take(part);
    this.#close();
    return this.#called;
  }

  complete(delta: JsonObject): void {
    this.#event("message_delta", delta);
    this.#event("message_stop", {});
    this.#stream.done(false);
  }

  #take(part: OutputPart): void {
    if (part.type === "call") {
      this.#called = true;
      const id = `chatcmpl-tool-${randomHex(8)}`;
      this.#start("call", { type: "tool_use", id, name: part.name, input: {} });
    } else if (part.type === "arguments") this.#delta({ type: "input_json_delta", partial_json: part.text });
    else {
      const thinking = part.type === "reasoning";
      if (this.#open !== part.type)
        this.#start(part.type, thinking ? { type: "thinking", thinking: "" } : { type: "text", text: "" });
      this.#delta(thinking ? { type: "thinking_delta", thinking: part.text } : { type: "text_delta", text: part.text });
    }
  }

  #start(type: "reasoning" | "content" | "call", block: JsonObject): void {
    this.#close();
    this.#open = type;
    this.#index++;
    this.#event("content_block_start", { content_block: block, index: this.#index });
  }

  #delta(delta: JsonObject): void {
    this.#event("content_block_delta", { delta, index: this.#index });
  }

  #close(): void {
    if (this.#open === null) return;
    if (this.#open === "reasoning") this.#delta({ type: "signature_delta", signature: randomHex(16) });
    this.#open = null;
    this.#event("content_block_stop", { index: this.#index });
  }

  #event(type: string, data: JsonObject): void {
    this.#stream.send({ type, ...data }, type);
  }
}
