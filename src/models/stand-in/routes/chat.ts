import type { JsonObject } from "../../../core/json/parse.ts";
import { randomHex } from "../../../core/random-hex.ts";
import { startGenerations } from "../calls/call.ts";
import { type ChatCall, chatCall } from "../calls/chat-call.ts";
import { runGenerations } from "../calls/run.ts";
import type { Generation } from "../replica/generation.ts";
import type { Replica } from "../replica/replica.ts";
import { parseOutput } from "../text/parse-output.ts";
import { streamChat } from "./chat-stream.ts";
import type { Exchange } from "../http/exchange.ts";
import { FINGERPRINT } from "./fingerprint.ts";
import { chatLogprobs, promptLogprobs } from "./log-prob-bodies.ts";
import { reasoningTokens } from "./reasoning-tokens.ts";
import { countTokens, usageBody } from "./usage.ts";

/** `POST /v1/chat/completions` */
export async function chat(exchange: Exchange): Promise<void> {
  const { replica } = exchange;
  const body = exchange.object();
  const wanted = chatCall(replica, body);
  const id = `chatcmpl-${exchange.callId(body)}`;
  const generations = startGenerations(replica, [wanted.call], wanted.count, id);
  if (wanted.stream) {
    await streamChat(exchange, id, wanted, generations);
    return;
  }
  await runGenerations(exchange, generations);
  exchange.json(200, chatBody(replica, id, wanted, generations));
}

/** A `chat.completion`. */
export function chatBody(
  replica: Replica,
  id: string,
  wanted: Omit<ChatCall, "stream" | "includeUsage">,
  generations: readonly Generation[],
): JsonObject {
  const { call } = wanted;
  const [first] = generations;
  const reasoning = generations.reduce((sum, generation) => sum + reasoningTokens(generation, call.thinking), 0);
  return {
    id,
    object: "chat.completion",
    created: Math.floor(replica.settings.clock.now() / 1000),
    model: replica.settings.model,
    choices: generations.map((generation, index) => choiceBody(replica, wanted, generation, index)),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: usageBody(replica, countTokens(replica, generations, wanted.count), reasoning),
    prompt_logprobs: first && wanted.promptLogprobs !== null ? promptLogprobs(first, wanted.promptLogprobs) : null,
    prompt_token_ids: wanted.returnTokenIds ? call.prompt : null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

function choiceBody(
  replica: Replica,
  { call, logprobs, returnTokenIds, tokensAsIds }: Omit<ChatCall, "stream" | "includeUsage">,
  generation: Generation,
  index: number,
): JsonObject {
  const { message, called } = messageBody(replica, generation.text(), call);
  return {
    index,
    message,
    logprobs: logprobs === null ? null : chatLogprobs(generation, 0, generation.delivered, logprobs, tokensAsIds),
    finish_reason: called && generation.finish === "stop" ? "tool_calls" : generation.finish,
    stop_reason: generation.stopReason,
    token_ids: returnTokenIds ? generation.tokens : null,
    routed_experts: null,
  };
}

/** An assistant's message from what the model wrote. */
export function messageBody(
  { settings }: Replica,
  text: string,
  { thinking, tools }: { readonly thinking: boolean; readonly tools: readonly unknown[] },
): { readonly message: JsonObject; readonly called: boolean } {
  const { reasoning, content, toolCalls } = parseOutput(text, { thinking, parseCalls: tools.length > 0 });
  const calls = toolCalls.map((call) => ({
    id: `chatcmpl-tool-${randomHex(8)}`,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = {
    role: "assistant",
    content,
    refusal: null,
    annotations: null,
    audio: null,
    function_call: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    [settings.legacyNames ? "reasoning_content" : "reasoning"]: reasoning,
  };
  return { message, called: calls.length > 0 };
}
