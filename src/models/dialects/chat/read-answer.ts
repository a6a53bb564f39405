import { z } from "zod";
import type { OutputItem } from "../../../contract/responses.ts";
import { newId } from "../../../core/ids.ts";
import { type JsonObject, parseJson } from "../../../core/json/parse.ts";
import type { ModelRequest } from "../../port.ts";
import { ChatUsage, tokenUsage } from "./usage.ts";
import type { AnswerBody, Reading } from "../upstream-dialect.ts";
import { type Fault, shapeProblem } from "../fault.ts";
import { captureTokens, readLogprobs } from "../tokens.ts";
import { weightVersionOf } from "../weight-version.ts";

const Text = z.string().nullish();

const ChatMessage = z.looseObject({
  content: Text,
  refusal: Text,
  reasoning: Text,
  reasoning_content: Text,
  tool_calls: z
    .array(
      z.looseObject({
        id: Text,
        function: z.looseObject({ name: z.string(), arguments: z.union([z.string(), z.looseObject({})]).nullish() }),
      }),
    )
    .nullish(),
});
type ChatMessage = z.infer<typeof ChatMessage>;

const ChatAnswer = z.looseObject({
  id: Text,
  created: z.number().nullish(),
  model: Text,
  choices: z.array(z.looseObject({ finish_reason: Text, message: ChatMessage })).min(1),
  usage: ChatUsage.nullish(),
});
type ChatAnswer = z.infer<typeof ChatAnswer>;

/** Reads a Chat completion's first choice as a Responses object. */
export function readChatAnswer(body: AnswerBody, request: ModelRequest, fault: Fault): Reading {
  const read = ChatAnswer.safeParse(body.value);
  const choice = read.data?.choices[0];
  if (!read.success || !choice) throw fault("model_bad_response", read.error ? shapeProblem(read.error) : "no choices");
  const finishReason = choice.finish_reason ?? null;
  if (finishReason === "abort") throw fault("model_aborted", "the engine aborted the generation");
  const id = read.data.id || newId("call");
  const items = outputItems(id, choice.message);
  const truncatedBy = finishReason === "length" || finishReason === "content_filter" ? finishReason : null;
  const usage = tokenUsage(read.data.usage);
  return {
    answer: {
      ...head(id, read.data, request),
      output: items,
      status: truncatedBy === null ? "completed" : "incomplete",
      incomplete_details:
        truncatedBy === null ? null : { reason: truncatedBy === "length" ? "max_output_tokens" : truncatedBy },
      usage,
    },
    items: items.map((item) => JSON.stringify(item)),
    finishReason,
    stopReason: stopReasonOf(choice),
    truncatedBy,
    usage,
    tokens: captureTokens(tokenFields(body.value, choice), fault),
    weightVersion: weightVersionOf(body.value),
  };
}

/** What every Responses object has besides its output; Gym's verifiers insist on all of it. */
function head(id: string, answer: ChatAnswer, request: ModelRequest) {
  const given = (key: string, otherwise: unknown): unknown => {
    const raw = request.params.get(key) ?? "null";
    return raw === "null" ? otherwise : parseJson(raw);
  };
  return {
    id,
    object: "response" as const,
    created_at: answer.created ?? 0,
    model: answer.model ?? "",
    parallel_tool_calls: given("parallel_tool_calls", true),
    tool_choice: given("tool_choice", "auto"),
    tools: given("tools", []),
  };
}

/**
 * Reasoning, message, calls. Ids derive from the completion's. A message is there when it says something, or when
 * there is nothing else: an empty answer is an answer. Text is taken as it is, whitespace and think tags included.
 */
function outputItems(id: string, message: ChatMessage): OutputItem[] {
  const items: OutputItem[] = [];
  const reasoning = message.reasoning_content || message.reasoning;
  if (reasoning)
    items.push({ id: `rs_${id}`, type: "reasoning", summary: [{ type: "summary_text", text: reasoning }] });
  const calls = message.tool_calls ?? [];
  const content: JsonObject[] = [];
  if (message.content) content.push({ type: "output_text", text: message.content, annotations: [] });
  if (message.refusal) content.push({ type: "refusal", refusal: message.refusal });
  if (content.length === 0 && !reasoning && calls.length === 0) {
    content.push({ type: "output_text", text: "", annotations: [] });
  }
  if (content.length > 0)
    items.push({ id: `msg_${id}`, type: "message", role: "assistant", status: "completed", content });
  for (const call of calls) {
    const callId = call.id || newId("call");
    const { name, arguments: args = "" } = call.function;
    const text = typeof args === "string" ? args : JSON.stringify(args ?? "");
    items.push({ id: callId, type: "function_call", call_id: callId, name, arguments: text, status: "completed" });
  }
  return items;
}

/** vLLM puts ids beside the message; Gym's model server puts them on it. */
function tokenFields(body: JsonObject, choice: JsonObject & { message: JsonObject }) {
  const { message } = choice;
  const written = readLogprobs(choice["logprobs"]);
  return {
    prompt: body["prompt_token_ids"] ?? message["prompt_token_ids"],
    generation: choice["token_ids"] ?? message["generation_token_ids"] ?? written.ids,
    logProbs: message["generation_log_probs"] ?? written.logProbs,
  };
}

function stopReasonOf({ stop_reason: reason }: JsonObject): string | number | null {
  return typeof reason === "string" || typeof reason === "number" ? reason : null;
}
