import {
  FunctionCallItem,
  type ResponseObject,
  ResponseObject as ResponseSchema,
} from "../../../contract/responses.ts";
import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import { itemsOfMessages } from "../chat/items.ts";
import { type AnswerBody, type Dialect, type Reading, withExtra } from "../upstream-dialect.ts";
import { type Fault, shapeProblem } from "../fault.ts";
import { isOverflow } from "../error-body.ts";
import { captureTokens, type TokenFields } from "../tokens.ts";
import { weightVersionOf } from "../weight-version.ts";

/** The Responses API: parameters and items go out and come back as they are. */
export const responsesDialect: Dialect = {
  route: "/responses",
  compose: (request, settings) => {
    const members = new Map([["model", JSON.stringify(settings.model)]]);
    for (const [key, value] of withExtra(settings.extra, request.params)) members.set(key, value);
    members.set("input", joinElements(request.chat ? itemsOfMessages(request.chat.messages) : request.input));
    // vLLM's way to show token ids on this route; it has none for log-probs.
    if (settings.tokens) members.set("enable_response_messages", "true");
    members.set("stream", "false");
    return () => joinMembers(members);
  },
  read: (body, _request, fault) => {
    const failure = failureOf(body.value);
    if (failure !== null && isOverflow({ param: null, ...failure })) return null;
    if (failure !== null) throw fault("model_server_error", failure.message);
    const read = ResponseSchema.safeParse(body.value);
    if (!read.success) throw fault("model_bad_response", shapeProblem(read.error));
    return readingOf(body, read.data, fault);
  },
};

function readingOf(body: AnswerBody, answer: ResponseObject, fault: Fault): Reading {
  if (answer.status === "cancelled") throw fault("model_aborted", "the endpoint cancelled the response");
  if (answer.status === "queued" || answer.status === "in_progress") {
    throw fault("model_bad_response", `the response is only ${answer.status}`);
  }
  for (const [index, item] of answer.output.entries()) {
    const call = item.type === "function_call" ? FunctionCallItem.safeParse(item) : null;
    if (call?.success === false) throw fault("model_bad_response", `output.${index}.${shapeProblem(call.error)}`);
  }
  const reason = answer.incomplete_details?.reason ?? null;
  const incomplete = reason !== null || answer.status === "incomplete";
  return {
    answer,
    items: rawElements(rawMembers(body.text).get("output") ?? "[]"),
    finishReason: reason ?? answer.status ?? null,
    truncatedBy: incomplete ? (reason === "content_filter" ? "content_filter" : "length") : null,
    usage: answer.usage ?? null,
    tokens: captureTokens(tokenFields(body.value, answer), fault),
    weightVersion: weightVersionOf(body.value),
  };
}

/** The error of a response that failed, or of a body that is nothing but an error. */
function failureOf(value: JsonObject): { message: string; code: string | null } | null {
  const { error } = value;
  if (value["status"] !== "failed" && (error === null || error === undefined)) return null;
  const said: JsonObject = isJsonObject(error) ? error : { message: error };
  const message = typeof said["message"] === "string" ? said["message"] : "the response failed without a reason";
  return { message, code: typeof said["code"] === "string" ? said["code"] : null };
}

/** Token fields as NeMo Gym puts them on a call's last item, else as vLLM shows them beside the output. */
function tokenFields(value: JsonObject, answer: ResponseObject): TokenFields {
  const item = answer.output.findLast((output) => (output["generation_token_ids"] ?? null) !== null);
  if (item !== undefined) {
    const { prompt_token_ids: prompt, generation_token_ids: generation, generation_log_probs: logProbs } = item;
    return { prompt, generation, logProbs };
  }
  return {
    prompt: messageTokens(value["input_messages"]),
    generation: messageTokens(value["output_messages"]),
    logProbs: null,
  };
}

/** vLLM's raw messages carry their tokens; there is one message for the prompt and one for the generation. */
function messageTokens(messages: unknown): unknown {
  if (!Array.isArray(messages) || messages.length !== 1) return null;
  const message: unknown = messages[0];
  return isJsonObject(message) ? message["tokens"] : null;
}
