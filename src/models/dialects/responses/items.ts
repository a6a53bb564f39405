import { joinElements, joinMembers } from "../../../core/json/raw.ts";

/** Items of the Responses API, made of raw JSON values. */

export function reasoningItem(id: string, summary: readonly string[], more: Iterable<[string, string]> = []): string {
  return joinMembers([
    ["type", '"reasoning"'],
    ["id", JSON.stringify(id)],
    ["summary", joinElements(summary.map((text) => textPart("summary_text", text)))],
    ...more,
  ]);
}

export function assistantItem(parts: readonly string[]): string {
  return joinMembers([
    ["type", '"message"'],
    ["role", '"assistant"'],
    ["content", joinElements(parts)],
  ]);
}

/** What a user, a system or a developer says: `content` is a raw string or list of parts. */
export function inputItem(role: string, content: string): string {
  return joinMembers([
    ["role", JSON.stringify(role)],
    ["content", content],
  ]);
}

export function callItem(id: string, name: string, args: string): string {
  return joinMembers([
    ["type", '"function_call"'],
    ["call_id", id],
    ["name", name],
    ["arguments", args],
  ]);
}

export function callOutputItem(id: string, output: string): string {
  return joinMembers([
    ["type", '"function_call_output"'],
    ["call_id", id],
    ["output", output],
  ]);
}

export function textPart(type: "input_text" | "output_text" | "summary_text", text: string): string {
  return joinMembers([
    ["type", JSON.stringify(type)],
    ["text", text],
  ]);
}

export function refusalPart(refusal: string): string {
  return joinMembers([
    ["type", '"refusal"'],
    ["refusal", refusal],
  ]);
}

export function imagePart(url: string, detail = '"auto"'): string {
  return joinMembers([
    ["type", '"input_image"'],
    ["image_url", url],
    ["detail", detail],
  ]);
}
