import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { randomHex } from "../../../core/random-hex.ts";
import { startGenerations } from "../calls/call.ts";
import { listedTools, type ResponsesCall, responsesCall } from "../calls/responses-call.ts";
import { runGenerations } from "../calls/run.ts";
import type { Generation } from "../replica/generation.ts";
import type { Replica } from "../replica/replica.ts";
import { parseOutput } from "../text/parse-output.ts";
import { decode } from "../text/tokenizer.ts";
import type { Exchange } from "../http/exchange.ts";
import { HttpError } from "../http/http-error.ts";
import { chatLogprobs } from "./log-prob-bodies.ts";
import { reasoningTokens } from "./reasoning-tokens.ts";
import { functionCallItem, messageItem, reasoningItem } from "./response-items.ts";
import { ResponseWriter } from "./responses-stream.ts";
import { countTokens } from "./usage.ts";

/** `POST /v1/responses` */
export async function responses(exchange: Exchange): Promise<void> {
  const { replica } = exchange;
  const body = exchange.object();
  const wanted = responsesCall(replica, body);
  const id = responseId(exchange.callId(body));
  const generations = startGenerations(replica, [wanted.call], 1, id);
  const [generation] = generations;
  if (!generation) return;
  const created = Math.floor(replica.settings.clock.now() / 1000);
  const empty = responseBody(replica, id, created, wanted);
  if (!wanted.stream) {
    await runGenerations(exchange, generations);
    exchange.json(200, ended(replica, empty, wanted, generation, outputItems(generation, wanted)));
    return;
  }
  const stream = exchange.events(generation.plan.tokens.length + 2);
  const writer = new ResponseWriter(stream, {
    thinking: wanted.call.thinking,
    parseCalls: wanted.call.tools.length > 0,
  });
  writer.begin(empty);
  generation.onTokens = () => writer.push(generation);
  try {
    await runGenerations(exchange, generations);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    stream.fail(error.body({ flat: replica.settings.legacyNames }));
    return;
  }
  const items = writer.end();
  writer.complete(ended(replica, empty, wanted, generation, items));
}

function responseId(callId: string): string {
  return callId.startsWith("resp_") ? callId : `resp_${callId}`;
}

/** A Responses object before anything is generated. */
function responseBody(replica: Replica, id: string, created: number, wanted: ResponsesCall): JsonObject {
  const { call, maxOutputTokens } = wanted;
  const { body, tools, toolChoice } = call;
  const number = (name: string, otherwise: number) => (typeof body[name] === "number" ? body[name] : otherwise);
  const choice = body["tool_choice"] ?? (tools.length > 0 ? "auto" : "none");
  return {
    id,
    created_at: created,
    incomplete_details: null,
    instructions: body["instructions"] ?? null,
    metadata: isJsonObject(body["metadata"]) ? body["metadata"] : null,
    model: replica.settings.model,
    object: "response",
    output: [],
    parallel_tool_calls: body["parallel_tool_calls"] !== false,
    temperature: number("temperature", 1),
    tool_choice:
      typeof choice === "string" ? choice : { type: "function", ...(typeof toolChoice === "object" ? toolChoice : {}) },
    tools: listedTools(tools),
    top_p: number("top_p", 1),
    background: false,
    max_output_tokens: maxOutputTokens ?? call.sampling.maxTokens,
    max_tool_calls: null,
    previous_response_id: null,
    prompt: null,
    reasoning: isJsonObject(body["reasoning"]) ? body["reasoning"] : null,
    service_tier: "auto",
    status: "in_progress",
    text: isJsonObject(body["text"]) ? body["text"] : null,
    top_logprobs: typeof body["top_logprobs"] === "number" ? body["top_logprobs"] : null,
    truncation: "disabled",
    usage: null,
    user: typeof body["user"] === "string" ? body["user"] : null,
    presence_penalty: number("presence_penalty", 0),
    frequency_penalty: number("frequency_penalty", 0),
    kv_transfer_params: null,
    ec_transfer_params: null,
    input_messages: null,
    output_messages: null,
  };
}

function ended(
  replica: Replica,
  empty: JsonObject,
  wanted: ResponsesCall,
  generation: Generation,
  output: readonly JsonObject[],
): JsonObject {
  const { call, messages } = wanted;
  const cut = generation.finish === "length";
  const raw = (message: string, tokens: readonly number[]) => [{ message, tokens, type: "raw_message_tokens" }];
  return {
    ...empty,
    incomplete_details: cut ? { reason: "max_output_tokens" } : null,
    output,
    status: generation.finish === "stop" ? "completed" : "incomplete",
    usage: responsesUsage(replica, generation, call.thinking),
    input_messages: messages ? raw(decode(call.prompt), call.prompt) : null,
    output_messages: messages ? raw(generation.text(), generation.tokens) : null,
  };
}

function responsesUsage(replica: Replica, generation: Generation, thinking: boolean): JsonObject {
  const { prompt, completion, cached, created } = countTokens(replica, [generation], 1);
  return {
    input_tokens: prompt,
    input_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: created,
      input_tokens_per_turn: [],
      cached_tokens_per_turn: [],
    },
    output_tokens: completion,
    output_tokens_details: {
      reasoning_tokens: reasoningTokens(generation, thinking),
      tool_output_tokens: 0,
      output_tokens_per_turn: [],
      tool_output_tokens_per_turn: [],
    },
    total_tokens: prompt + completion,
  };
}

function outputItems(generation: Generation, { call, logprobs }: ResponsesCall): JsonObject[] {
  const { reasoning, content, toolCalls } = parseOutput(generation.text(), {
    thinking: call.thinking,
    parseCalls: call.tools.length > 0,
  });
  const tokens =
    logprobs === null ? null : chatLogprobs(generation, 0, generation.delivered, logprobs, false)["content"];
  return [
    ...(reasoning === null ? [] : [reasoningItem(`rs_${randomHex(8)}`, reasoning, null)]),
    ...(content === null ? [] : [messageItem(`msg_${randomHex(8)}`, content, tokens)]),
    ...toolCalls.map((one) =>
      functionCallItem(`fc_${randomHex(8)}`, `chatcmpl-tool-${randomHex(8)}`, one, "completed"),
    ),
  ];
}
