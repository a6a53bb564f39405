import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Replica } from "../replica/replica.ts";
import { checkModel } from "./check-model.ts";
import { Fields } from "../http/fields.ts";
import { badParameter } from "../http/http-error.ts";
import { renderChat, type TemplateOptions } from "../text/chat-template.ts";
import { type ChatMessage, chatMessage, type ToolDefinition } from "../text/messages.ts";
import { encode } from "../text/tokenizer.ts";
import type { SampleRequest } from "../text/sampler.ts";
import type { Call } from "./call.ts";
import { checkCount, checkLogprobs, checkSampling, outputRoom, samplingFields } from "./sampling-fields.ts";

/** What a chat call wants back. */
export interface ChatCall {
  readonly call: Call;
  /** Choices. */
  readonly count: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Alternatives per token; null for no log-probs at all. */
  readonly logprobs: number | null;
  readonly promptLogprobs: number | null;
  readonly returnTokenIds: boolean;
  /** Tokens in log-probs as `token_id:N`. */
  readonly tokensAsIds: boolean;
}

/** Reads a body of Chat Completions; throws what vLLM refuses. */
export function chatCall(replica: Replica, body: JsonObject): ChatCall {
  const fields = new Fields(body);
  fields.require("messages");
  const messages = fields.objects("messages") ?? [];
  const model = fields.text("model");
  const tools = toolsOf(fields.objects("tools") ?? []);
  const sampling = samplingFields(fields, "max_tokens");
  const logprobs = fields.boolean("logprobs") ?? false;
  const top = fields.integer("top_logprobs");
  const kwargs = fields.object("chat_template_kwargs") ?? {};
  const wanted = {
    count: fields.integer("n") ?? 1,
    stream: fields.boolean("stream") ?? false,
    includeUsage: fields.object("stream_options")?.["include_usage"] === true,
    promptLogprobs: fields.integer("prompt_logprobs"),
    returnTokenIds: fields.boolean("return_token_ids") ?? false,
    tokensAsIds: fields.boolean("return_tokens_as_token_ids") ?? false,
  };
  const template = templateOptions(fields, kwargs);
  const thinking = thinks(replica, kwargs, fields.text("reasoning_effort"));
  fields.check();

  if (top !== null && top !== 0 && !logprobs)
    throw badParameter("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs");
  checkLogprobs(logprobs ? top : null);
  checkCount(wanted.count);
  const toolChoice = toolChoiceOf(body["tool_choice"], tools);
  checkModel(replica, model);
  const { maxModelLength } = replica.settings;
  checkSampling(sampling, maxModelLength);
  const call = chatPrompt(
    { api: "chat" as const, body, messages: messages.map(chatMessage), tools, toolChoice, thinking },
    template,
    maxModelLength,
  );
  const maxTokens = outputRoom(call.prompt.length, sampling.maxTokens, maxModelLength, false);
  return { call: { ...call, sampling: { ...sampling, maxTokens } }, logprobs: logprobs ? (top ?? 0) : null, ...wanted };
}

/** Adds the prompt that the chat template makes; with a limit, of at most one token more. */
export function chatPrompt<
  T extends { readonly messages: readonly ChatMessage[]; readonly tools: readonly ToolDefinition[] },
>(call: T, template: TemplateOptions, limit = Infinity): T & { readonly prompt: number[] } {
  return { ...call, prompt: encode(renderChat(call.messages, call.tools, template), limit) };
}

export function templateOptions(fields: Fields, kwargs: JsonObject): TemplateOptions {
  const enableThinking = kwargs["enable_thinking"];
  return {
    addGenerationPrompt: fields.boolean("add_generation_prompt") ?? true,
    continueFinalMessage: fields.boolean("continue_final_message") ?? false,
    enableThinking: typeof enableThinking === "boolean" ? enableThinking : undefined,
    keepThinking: kwargs["keep_thinking"] === true,
  };
}

/** Whether the model thinks: as the template is told, else when an effort is asked for, else as it is set. */
export function thinks(replica: Replica, kwargs: JsonObject, effort: string | null): boolean {
  const asked = kwargs["enable_thinking"];
  if (typeof asked === "boolean") return asked;
  return effort === null ? replica.settings.thinking : effort !== "none";
}

/** Tools in the form of Chat Completions (`function` inside) or of Responses (flat). */
export function toolsOf(tools: readonly JsonObject[]): ToolDefinition[] {
  return tools.flatMap((tool) => {
    const { name, description, parameters } = isJsonObject(tool["function"]) ? tool["function"] : tool;
    if (typeof name !== "string") return [];
    return {
      name,
      description: typeof description === "string" ? description : null,
      parameters: isJsonObject(parameters) ? parameters : null,
    };
  });
}

/** The `tool_choice` of Chat Completions or Responses; throws a 400 when it asks for tools and there are none. */
export function toolChoiceOf(choice: unknown, tools: readonly ToolDefinition[]): SampleRequest["toolChoice"] {
  if (choice === undefined || choice === null) return "auto";
  if (choice === "none") return "none";
  if (tools.length === 0) throw badParameter("When using `tool_choice`, `tools` must be set.", "tool_choice");
  if (choice === "required") return "required";
  if (!isJsonObject(choice)) return "auto";
  const { name } = isJsonObject(choice["function"]) ? choice["function"] : choice;
  if (typeof name !== "string") return "auto";
  if (!tools.some((tool) => tool.name === name))
    throw badParameter(
      `The tool specified in \`tool_choice\` does not match any of the specified \`tools\``,
      "tool_choice",
    );
  return { name };
}
