import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Replica } from "../replica/replica.ts";
import { checkModel } from "./check-model.ts";
import { Fields } from "../http/fields.ts";
import { HttpError, invalidShape } from "../http/http-error.ts";
import { type ChatMessage, contentText, type ToolDefinition } from "../text/messages.ts";
import type { Call } from "./call.ts";
import { chatPrompt, templateOptions, thinks, toolChoiceOf, toolsOf } from "./chat-call.ts";
import { checkSampling, outputRoom, samplingFields } from "./sampling-fields.ts";

/** What a Responses call wants back. */
export interface ResponsesCall {
  readonly call: Call;
  readonly stream: boolean;
  /** Prompt and answer as raw messages with their tokens. */
  readonly messages: boolean;
  readonly maxOutputTokens: number | null;
  readonly logprobs: number | null;
}

/** Reads a body of the Responses API; throws what vLLM refuses. */
export function responsesCall(replica: Replica, body: JsonObject): ResponsesCall {
  const fields = new Fields(body);
  fields.require("input");
  const model = fields.text("model");
  const tools = toolsOf(fields.objects("tools") ?? []);
  const sampling = samplingFields(fields, "max_output_tokens");
  const kwargs = fields.object("chat_template_kwargs") ?? {};
  const effort = fields.object("reasoning")?.["effort"];
  const previous = fields.text("previous_response_id");
  const instructions = fields.text("instructions");
  const include = fields.list("include") ?? [];
  const wanted = {
    stream: fields.boolean("stream") ?? false,
    messages: fields.boolean("enable_response_messages") ?? false,
    maxOutputTokens: sampling.maxTokens,
    logprobs: include.includes("message.output_text.logprobs") ? (fields.integer("top_logprobs") ?? 0) : null,
  };
  const template = templateOptions(fields, kwargs);
  fields.check();
  checkModel(replica, model);
  // The stand-in stores nothing, like a vLLM that is not told to.
  if (previous !== null)
    throw new HttpError(404, `Response with id '${previous}' not found.`, {
      type: "invalid_request_error",
      param: "response_id",
    });
  const { maxModelLength } = replica.settings;
  checkSampling({ ...sampling, maxTokens: clamp(sampling.maxTokens, maxModelLength) }, maxModelLength);
  const toolChoice = toolChoiceOf(body["tool_choice"], tools);
  const messages = messagesOf(body["input"], instructions);
  const thinking = thinks(replica, kwargs, typeof effort === "string" ? effort : null);
  const call = chatPrompt(
    { api: "responses" as const, body, messages, tools, toolChoice, thinking },
    template,
    maxModelLength,
  );
  const maxTokens = outputRoom(call.prompt.length, sampling.maxTokens, maxModelLength, false);
  return { call: { ...call, sampling: { ...sampling, maxTokens } }, ...wanted };
}

/** Unlike Chat, too large a limit is lowered and not refused. */
function clamp(maxTokens: number | null, maxModelLength: number): number | null {
  return maxTokens === null ? null : Math.min(maxTokens, maxModelLength);
}

/** The conversation of an `input`: runs of reasoning, assistant's text and calls are one message. */
function messagesOf(input: unknown, instructions: string | null): ChatMessage[] {
  const messages: ChatMessage[] = [];
  if (instructions !== null) messages.push(message("system", instructions));
  if (typeof input === "string") return [...messages, message("user", input)];
  if (!Array.isArray(input))
    throw invalidShape([{ type: "string_type", loc: "body.input", msg: "Input should be a valid string", input }]);
  let open: { content: string; reasoning: string; toolCalls: { name: string; arguments: string }[] } | null = null;
  const close = () => {
    if (open) messages.push({ role: "assistant", ...open });
    open = null;
  };
  for (const item of input.filter(isJsonObject)) {
    const type = typeof item["type"] === "string" ? item["type"] : "message";
    const role = typeof item["role"] === "string" ? item["role"] : "user";
    if (type === "function_call_output" || (type === "message" && role !== "assistant")) {
      close();
      messages.push(
        type === "message" ? message(role, contentText(item["content"])) : message("tool", contentText(item["output"])),
      );
      continue;
    }
    open ??= { content: "", reasoning: "", toolCalls: [] };
    if (type === "reasoning") open.reasoning += contentText(item["content"]) || contentText(item["summary"]);
    else if (type === "function_call")
      open.toolCalls.push({ name: textOf(item["name"]), arguments: textOf(item["arguments"]) });
    else open.content += contentText(item["content"]);
  }
  close();
  return messages;
}

function message(role: string, content: string): ChatMessage {
  return { role, content, reasoning: "", toolCalls: [] };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Tools as a Responses object lists them. */
export function listedTools(tools: readonly ToolDefinition[]): JsonObject[] {
  return tools.map(({ name, description, parameters }) => ({
    name,
    parameters,
    strict: null,
    type: "function",
    allowed_callers: null,
    async: null,
    defer_loading: null,
    description,
    output_schema: null,
  }));
}
