import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";

/** A message of a chat, as far as the template knows it. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
}

/** What a model may call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly parameters: JsonObject | null;
}

/** A message in the form of Chat Completions. What is missing or of another type counts as empty. */
export function chatMessage(message: JsonObject): ChatMessage {
  const calls: unknown[] = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  return {
    role: text(message["role"]),
    content: contentText(message["content"]),
    reasoning: text(message["reasoning"]) || text(message["reasoning_content"]),
    toolCalls: calls.filter(isJsonObject).map((call) => {
      const called = isJsonObject(call["function"]) ? call["function"] : call;
      return { name: text(called["name"]), arguments: text(called["arguments"]) };
    }),
  };
}

/** The text of a message's content: a string, or parts with a `text`. */
export function contentText(content: unknown): string {
  if (!Array.isArray(content)) return text(content);
  const parts: unknown[] = content;
  return parts.map((part) => (isJsonObject(part) ? text(part["text"]) : text(part))).join("");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
