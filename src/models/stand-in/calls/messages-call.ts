import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Replica } from "../replica/replica.ts";
import { checkModel } from "./check-model.ts";
import { Fields } from "../http/fields.ts";
import { type ChatMessage, contentText, type ToolDefinition } from "../text/messages.ts";
import type { SampleRequest } from "../text/sampler.ts";
import type { Call } from "./call.ts";
import { chatPrompt, templateOptions, thinks } from "./chat-call.ts";
import { checkSampling, outputRoom, samplingFields } from "./sampling-fields.ts";

/** Reads a body of Anthropic's Messages API; throws what vLLM refuses. */
export function messagesCall(replica: Replica, body: JsonObject): { readonly call: Call; readonly stream: boolean } {
  const fields = new Fields(body);
  fields.require("messages", "max_tokens");
  const model = fields.text("model");
  const messages = (fields.objects("messages") ?? []).flatMap(chatMessages);
  const tools = (fields.objects("tools") ?? []).flatMap(toolOf);
  const sampling = samplingFields(fields, "max_tokens");
  const stop = fields.texts("stop_sequences");
  const stream = fields.boolean("stream") ?? false;
  const kwargs = fields.object("chat_template_kwargs") ?? {};
  const thinking = thinkingOf(replica, kwargs, body["thinking"]);
  const system = contentText(body["system"]);
  fields.check();
  checkModel(replica, model);
  const { maxModelLength } = replica.settings;
  checkSampling(sampling, maxModelLength);
  const all =
    system === "" ? messages : [{ role: "system", content: system, reasoning: "", toolCalls: [] }, ...messages];
  const toolChoice = toolChoiceOf(body["tool_choice"]);
  const call = chatPrompt(
    { api: "messages" as const, body, messages: all, tools, toolChoice, thinking },
    templateOptions(fields, kwargs),
    maxModelLength,
  );
  const maxTokens = outputRoom(call.prompt.length, sampling.maxTokens, maxModelLength, false);
  return { call: { ...call, sampling: { ...sampling, stop, maxTokens } }, stream };
}

function thinkingOf(replica: Replica, kwargs: JsonObject, thinking: unknown): boolean {
  const type = isJsonObject(thinking) ? thinking["type"] : null;
  if (type === "disabled") return false;
  return thinks(replica, kwargs, type === "enabled" || type === "adaptive" ? "high" : null);
}

/** A message as the template knows it; results of tools become messages of their own. */
function chatMessages(message: JsonObject): ChatMessage[] {
  const role = typeof message["role"] === "string" ? message["role"] : "user";
  const { content } = message;
  if (!Array.isArray(content)) return [{ role, content: contentText(content), reasoning: "", toolCalls: [] }];
  const blocks = content.filter(isJsonObject);
  const of = (type: string) => blocks.filter((block) => block["type"] === type);
  const results = of("tool_result").map((block) => ({
    role: "tool",
    content: contentText(block["content"]),
    reasoning: "",
    toolCalls: [],
  }));
  const own = {
    role,
    content: contentText(of("text")),
    reasoning: of("thinking")
      .map((block) => (typeof block["thinking"] === "string" ? block["thinking"] : ""))
      .join(""),
    toolCalls: of("tool_use").map((block) => ({
      name: typeof block["name"] === "string" ? block["name"] : "",
      arguments: JSON.stringify(block["input"] ?? {}),
    })),
  };
  const empty = own.content === "" && own.reasoning === "" && own.toolCalls.length === 0;
  return results.length > 0 && empty ? results : [...results, own];
}

function toolOf({ name, description, input_schema }: JsonObject): ToolDefinition[] {
  if (typeof name !== "string") return [];
  return [
    {
      name,
      description: typeof description === "string" ? description : null,
      parameters: isJsonObject(input_schema) ? input_schema : null,
    },
  ];
}

function toolChoiceOf(choice: unknown): SampleRequest["toolChoice"] {
  if (!isJsonObject(choice)) return "auto";
  if (choice["type"] === "any") return "required";
  if (choice["type"] === "tool" && typeof choice["name"] === "string") return { name: choice["name"] };
  return choice["type"] === "none" ? "none" : "auto";
}
