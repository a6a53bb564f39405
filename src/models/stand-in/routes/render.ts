import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { type ChatCall, chatCall, thinks, toolsOf } from "../calls/chat-call.ts";
import { checkTokens } from "../calls/plain-call.ts";
import { responsesCall } from "../calls/responses-call.ts";
import { bytesOf, decode, textsOf } from "../text/tokenizer.ts";
import { messageBody } from "./chat.ts";
import type { Exchange } from "../http/exchange.ts";
import { Fields } from "../http/fields.ts";
import { HttpError } from "../http/http-error.ts";
import { requireScaleOut } from "./generate.ts";

/** `POST /v1/chat/completions/render`: the call as `/inference/v1/generate` takes it. */
export function renderChatCall(exchange: Exchange): void {
  requireScaleOut(exchange);
  const body = exchange.object();
  const { call, stream } = chatCall(exchange.replica, body);
  const kwargs = isJsonObject(body["chat_template_kwargs"]) ? body["chat_template_kwargs"] : {};
  exchange.json(200, {
    ...renderedBody(exchange, `chatcmpl-${exchange.callId(body)}`, call, stream),
    sampling_params: samplingParams(call.sampling),
    reasoning_ended: kwargs["enable_thinking"] === false ? true : null,
    reasoning_parser_kwargs: parserKwargs(kwargs, body),
  });
}

/** `POST /v1/responses/render` */
export function renderResponsesCall(exchange: Exchange): void {
  requireScaleOut(exchange);
  const body = exchange.object();
  const { call, stream } = responsesCall(exchange.replica, body);
  const kwargs = isJsonObject(body["chat_template_kwargs"]) ? body["chat_template_kwargs"] : {};
  exchange.json(200, {
    ...renderedBody(exchange, `resp_${exchange.callId(body)}`, call, stream),
    sampling_params: {
      ...samplingParams(call.sampling),
      top_p: typeof body["top_p"] === "number" ? body["top_p"] : 1,
      min_p: 0,
      extra_args: {},
    },
    reasoning_ended: null,
    reasoning_parser_kwargs: parserKwargs(kwargs, body),
  });
}

/** `POST /v1/chat/completions/derender`: the answer of `/inference/v1/generate` as a chat completion. */
export function derenderChat(exchange: Exchange): void {
  requireScaleOut(exchange);
  const { replica } = exchange;
  const fields = new Fields(exchange.object());
  fields.require("generate_response");
  const answer = new Fields(fields.object("generate_response") ?? {}, "body.generate_response");
  const request = fields.object("chat_request") ?? {};
  const choices = answer.objects("choices") ?? [];
  fields.check();
  answer.check();
  const empty = choices.findIndex(({ token_ids: ids }) => !Array.isArray(ids) || ids.length === 0);
  if (empty >= 0) throw new HttpError(400, `choice ${empty} has empty or null token_ids`);
  const tools = toolsOf(Array.isArray(request["tools"]) ? request["tools"].filter(isJsonObject) : []);
  const kwargs = isJsonObject(request["chat_template_kwargs"]) ? request["chat_template_kwargs"] : {};
  const thinking = thinks(replica, kwargs, null);
  const usage = answer.object("usage") ?? {};
  exchange.json(200, {
    id: answer.text("request_id"),
    object: "chat.completion",
    created: answer.integer("created"),
    model: answer.text("model") ?? replica.settings.model,
    choices: choices.map((choice, index) => {
      const tokens = checkTokens(Array.isArray(choice["token_ids"]) ? (choice["token_ids"] as unknown[]) : []);
      const { message, called } = messageBody(replica, textsOf(tokens).join(""), { thinking, tools });
      const finish = choice["finish_reason"];
      return {
        index,
        message,
        logprobs: namedLogprobs(choice["logprobs"]),
        finish_reason: called && finish === "stop" ? "tool_calls" : finish,
        stop_reason: choice["stop_reason"] ?? null,
        token_ids: null,
        routed_experts: null,
      };
    }),
    service_tier: null,
    system_fingerprint: null,
    usage: {
      prompt_tokens: usage["prompt_tokens"] ?? fields.integer("prompt_tokens"),
      total_tokens: usage["total_tokens"] ?? null,
      completion_tokens: usage["completion_tokens"] ?? null,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    },
    prompt_logprobs: null,
    prompt_token_ids: null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  });
}

function renderedBody(exchange: Exchange, id: string, call: ChatCall["call"], stream: boolean): JsonObject {
  return {
    request_id: id,
    token_ids: call.prompt,
    token_offsets: null,
    features: null,
    content_parts: null,
    model: exchange.replica.settings.model,
    return_token_ids: null,
    output_mode: "tokens",
    stream,
    stream_options: null,
    cache_salt: call.sampling.salt === "" ? null : call.sampling.salt,
    priority: call.sampling.priority,
    kv_transfer_params: null,
    ec_transfer_params: null,
  };
}

function samplingParams(sampling: ChatCall["call"]["sampling"]): JsonObject {
  return {
    presence_penalty: 0,
    frequency_penalty: 0,
    repetition_penalty: 1,
    temperature: sampling.temperature,
    stop: sampling.stop,
    stop_token_ids: sampling.stopTokenIds,
    max_tokens: sampling.maxTokens,
    skip_special_tokens: false,
    output_kind: 2,
    skip_clone: true,
    bad_words: [],
    skip_reading_prefix_cache: false,
  };
}

function parserKwargs(kwargs: JsonObject, body: JsonObject): JsonObject {
  return {
    chat_template_kwargs: {
      cohere_format: "cmd4",
      ...kwargs,
      add_generation_prompt: body["add_generation_prompt"] !== false,
      continue_final_message: body["continue_final_message"] === true,
    },
  };
}

/** Log-probs by token id as Chat Completions have them, by text. */
function namedLogprobs(logprobs: unknown): JsonObject | null {
  if (!isJsonObject(logprobs) || !Array.isArray(logprobs["content"])) return null;
  const entry = (one: JsonObject) => {
    const token = typeof one["token_id"] === "number" ? one["token_id"] : 0;
    return { token: decode([token]), logprob: one["logprob"], bytes: [...bytesOf(token)] };
  };
  const content = logprobs["content"].filter(isJsonObject).map((one) => ({
    ...entry(one),
    top_logprobs: Array.isArray(one["top_logprobs"]) ? one["top_logprobs"].filter(isJsonObject).map(entry) : [],
  }));
  return { content };
}
