import type { RolloutRecord } from "../../contract/rollouts.ts";
import { isJsonObject } from "../../core/json/parse.ts";

/** Text of the user's messages: of the row, else of the first request when the row is hidden. */
export function promptText({ row, trajectory }: RolloutRecord): string {
  const params = isJsonObject(row) ? row["responses_create_params"] : undefined;
  if (isJsonObject(params)) return userText(params["input"]);
  const request = parsed(trajectory?.calls[0]?.request ?? "");
  return isJsonObject(request) ? userText(request["input"] ?? request["messages"]) : "";
}

/** Text of the model's last answer: of the response that was verified, else of what was said until the rollout broke off. */
export function answerText({ trajectory }: RolloutRecord): string {
  if (!trajectory) return "";
  const { response, items } = trajectory;
  return messageText(isJsonObject(response) ? response["output"] : items, () => true);
}

/** Names of the tools that were called, in order. */
export function toolNames({ trajectory }: RolloutRecord): string[] {
  return (trajectory?.items ?? []).flatMap((item) => {
    if (!isJsonObject(item) || item["type"] !== "function_call") return [];
    return typeof item["name"] === "string" ? [item["name"]] : [];
  });
}

function userText(input: unknown): string {
  if (typeof input === "string") return input;
  return messageText(input, (item) => item["role"] === "user");
}

function messageText(items: unknown, isWanted: (item: Record<string, unknown>) => boolean): string {
  if (!Array.isArray(items)) return "";
  const messages = items
    .filter(isJsonObject)
    .filter((item) => (item["type"] ?? "message") === "message" && isWanted(item));
  return messages.map((message) => contentText(message["content"])).join("\n\n");
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts: unknown[] = content;
  return parts.map((part) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : "")).join("");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
