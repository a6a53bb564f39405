import type { ChatMessage, ToolDefinition } from "./messages.ts";
import { pythonJson, pythonSpacing } from "./python-json.ts";

export interface TemplateOptions {
  /** Ends with the beginning of an assistant's turn. Default true. */
  readonly addGenerationPrompt?: boolean;
  /** Leaves the last message open, so that the answer goes on with it. Default false. */
  readonly continueFinalMessage?: boolean;
  /** False puts an empty think block before the answer, as Qwen3's template does. Default undefined. */
  readonly enableThinking?: boolean | undefined;
  /** Keeps the reasoning of all turns, not only of those after the last user message. Default false. */
  readonly keepThinking?: boolean;
}

/**
 * The prompt of a chat: ChatML with Hermes tool calls and Qwen3 reasoning. Each message's text begins and ends with
 * a special token, so a longer chat begins with the tokens of the shorter one.
 */
export function renderChat(
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
  options: TemplateOptions = {},
): string {
  const { addGenerationPrompt = true, continueFinalMessage = false, keepThinking = false } = options;
  const [first] = messages;
  const system = first?.role === "system" || first?.role === "developer" ? first.content : null;
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  let text = systemText(system, tools);
  for (const [i, message] of messages.entries()) {
    if (i === 0 && system !== null) continue;
    if (message.role === "assistant") text += assistantText(message, keepThinking || i > lastUser);
    else if (message.role === "tool") {
      if (messages[i - 1]?.role !== "tool") text += "<|im_start|>user";
      text += `\n<tool_response>\n${message.content}\n</tool_response>`;
      if (messages[i + 1]?.role !== "tool") text += END;
    } else text += `<|im_start|>${message.role}\n${message.content}${END}`;
  }
  if (continueFinalMessage) return text.endsWith(END) ? text.slice(0, -END.length) : text;
  if (!addGenerationPrompt) return text;
  return `${text}<|im_start|>assistant\n${options.enableThinking === false ? "<think>\n\n</think>\n\n" : ""}`;
}

const END = "<|im_end|>\n";

function systemText(system: string | null, tools: readonly ToolDefinition[]): string {
  if (system === null && tools.length === 0) return "";
  const parts = system === null || system === "" ? [] : [system];
  if (tools.length > 0) {
    const functions = tools.map((tool) => `${pythonJson(tool)}\n`).join("");
    parts.push(`Functions:\n${functions}Call one with <tool_call>{"name": ..., "arguments": {...}}</tool_call>`);
  }
  return `<|im_start|>system\n${parts.join("\n\n")}${END}`;
}

function assistantText({ content, reasoning, toolCalls }: ChatMessage, withReasoning: boolean): string {
  const think = withReasoning && reasoning !== "" ? `<think>\n${strip(reasoning)}\n</think>\n\n` : "";
  const body = content.replace(/^\n+/, "");
  const calls = toolCalls.map((call) => toolCallText(call)).join("\n");
  return `<|im_start|>assistant\n${think}${body}${body !== "" && calls !== "" ? "\n" : ""}${calls}${END}`;
}

/** A call as the model writes it. Arguments that are no JSON stay as they are. */
export function toolCallText(call: { readonly name: string; readonly arguments: string }): string {
  return `<tool_call>\n{"name": ${JSON.stringify(call.name)}, "arguments": ${pythonSpacing(call.arguments || "{}")}}\n</tool_call>`;
}

function strip(text: string): string {
  return text.replaceAll(/^\n+|\n+$/g, "");
}
