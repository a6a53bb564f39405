import { badField, given, type RawMembers, requiredList, requiredMembers, requiredString } from "../inbound.ts";
import { isRawArray, isRawString, rawText } from "../raw-values.ts";
import {
  assistantItem,
  callItem,
  callOutputItem,
  inputItem,
  reasoningItem,
  refusalPart,
  textPart,
} from "../responses/items.ts";
import { onLastItem, tokenFieldsIn } from "../token-fields.ts";
import { reasoningOf } from "./assistant-turn.ts";
import { inputContent } from "./input-content.ts";

const SPEAKERS: ReadonlySet<string> = new Set(["user", "system", "developer"]);

/**
 * The items of the Responses API for Chat messages, all raw. An assistant's message becomes its reasoning, its text and its
 * calls, in that order; ids of calls stay. A message's `name` has no place there and is left out. Throws `invalid_request`.
 */
export function itemsOfMessages(messages: readonly string[]): string[] {
  return messages.flatMap((raw, index) => {
    const field = `messages[${index}]`;
    const message = requiredMembers(raw, field);
    const role = rawText(requiredString(message.get("role"), `${field}.role`)) ?? "";
    if (role === "assistant") return assistantItems(message, index, field);
    const content = inputContent(message.get("content"), `${field}.content`);
    if (role === "tool") {
      return [callOutputItem(requiredString(message.get("tool_call_id"), `${field}.tool_call_id`), content)];
    }
    if (!SPEAKERS.has(role)) throw badField(`${field}.role`, "must be developer, system, user, assistant or tool");
    return [inputItem(role, content)];
  });
}

function assistantItems(message: RawMembers, index: number, field: string): readonly string[] {
  const items: string[] = [];
  const reasoning = reasoningOf(message);
  // The same conversation has the same ids in every turn, as it has with an endpoint that made them.
  if (reasoning !== undefined) items.push(reasoningItem(`rs_${index}`, [reasoning]));
  const parts = outputParts(message, `${field}.content`);
  const calls = toolCalls(message, `${field}.tool_calls`);
  if (parts.length > 0 || items.length + calls.length === 0) items.push(assistantItem(parts));
  return onLastItem([...items, ...calls], tokenFieldsIn(message));
}

function outputParts(message: RawMembers, field: string): string[] {
  const content = given(message, "content");
  const parts = isRawArray(content) ? requiredList(content, field).map(outputPart(field)) : [];
  if (isRawString(content)) parts.push(textPart("output_text", content));
  else if (content !== undefined && !isRawArray(content)) throw badField(field, "must be a string or a list of parts");
  const refusal = given(message, "refusal");
  if (isRawString(refusal)) parts.push(refusalPart(refusal));
  return parts;
}

const outputPart = (field: string) => (raw: string, at: number) => {
  const part = requiredMembers(raw, `${field}[${at}]`);
  const type = rawText(part.get("type"));
  if (type === "text") return textPart("output_text", requiredString(part.get("text"), `${field}[${at}].text`));
  if (type === "refusal") return refusalPart(requiredString(part.get("refusal"), `${field}[${at}].refusal`));
  throw badField(`${field}[${at}].type`, "must be text or refusal");
};

function toolCalls(message: RawMembers, field: string): string[] {
  if (given(message, "function_call") !== undefined) {
    throw badField(field.replace(/tool_calls$/, "function_call"), "is not served; use tool_calls");
  }
  const calls = given(message, "tool_calls");
  if (calls === undefined) return [];
  return requiredList(calls, field).map((raw, at) => {
    const call = requiredMembers(raw, `${field}[${at}]`);
    const target = requiredMembers(call.get("function"), `${field}[${at}].function`);
    const text = (members: RawMembers, key: string, name: string) =>
      requiredString(members.get(key), `${field}[${at}].${name}`);
    return callItem(
      text(call, "id", "id"),
      text(target, "name", "function.name"),
      text(target, "arguments", "function.arguments"),
    );
  });
}
