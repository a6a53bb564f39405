import { isJsonObject } from "../../core/json/parse.ts";

/** The key of a recording: the text of the user's messages with all whitespace as single spaces. */
export function promptKey(text: string): string {
  return text.split(/\s+/).filter(Boolean).join(" ");
}

/** The text of the user's messages in a Responses `input` or in Chat `messages`, joined by newlines. */
export function userText(input: unknown): string {
  if (typeof input === "string") return input;
  if (!Array.isArray(input)) return "";
  const messages: unknown[] = input;
  return messages
    .map((message) => (isJsonObject(message) && message["role"] === "user" ? contentText(message["content"]) : null))
    .filter((text) => text !== null)
    .join("\n");
}

/** How much text a request holds in all, in characters: the base of the estimated usage. */
export function textLength(value: unknown): number {
  if (typeof value === "string") return value.length;
  return value === undefined ? 0 : JSON.stringify(value).length;
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts: unknown[] = content;
  return parts.map((part) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : "")).join("");
}
