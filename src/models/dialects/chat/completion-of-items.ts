import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { ModelCall } from "../../port.ts";
import { given, type RawMembers } from "../inbound.ts";
import { concatRawStrings, isRawArray, isRawObject, isRawString, rawText } from "../raw-values.ts";
import { reasoningTexts } from "../reasoning-text.ts";
import { toolCall } from "./assistant-turn.ts";
import { completionUsage } from "./usage.ts";

/** The members of a Chat completion for an answer that came by the Responses API. */
export function completionOfItems(call: ModelCall): Map<string, string> {
  const items = call.items.map((item) => rawMembers(item));
  const ofType = (type: string) => items.filter((item) => rawText(item.get("type")) === type);
  const calls = ofType("function_call");
  const choice = joinMembers([
    ["index", "0"],
    ["message", message(ofType("reasoning"), ofType("message"), calls)],
    ["logprobs", logprobs(ofType("message"))],
    ["finish_reason", JSON.stringify(call.truncatedBy ?? (calls.length > 0 ? "tool_calls" : "stop"))],
    ["token_ids", JSON.stringify(call.tokens.generationTokenIds)],
  ]);
  const { id, model, created_at: created } = call.answer;
  return new Map([
    ["id", JSON.stringify(id)],
    ["object", '"chat.completion"'],
    ["created", JSON.stringify(typeof created === "number" ? Math.floor(created) : Math.floor(call.startedAt / 1000))],
    ["model", JSON.stringify(model)],
    ["choices", joinElements([choice])],
    ["usage", JSON.stringify(completionUsage(call.usage))],
    ["prompt_token_ids", JSON.stringify(call.tokens.promptTokenIds)],
  ]);
}

function message(
  reasoning: readonly RawMembers[],
  messages: readonly RawMembers[],
  calls: readonly RawMembers[],
): string {
  const parts = messages.flatMap(partsOf);
  const strings = (key: string) => parts.map((part) => part.get(key)).filter(isRawString);
  const joined = (texts: readonly string[]) => (texts.length > 0 ? concatRawStrings(texts) : "null");
  const members = new Map([
    ["role", '"assistant"'],
    ["content", joined(strings("text"))],
    ["refusal", joined(strings("refusal"))],
  ]);
  const thoughts = reasoning.flatMap(reasoningTexts);
  if (thoughts.length > 0) members.set("reasoning", concatRawStrings(thoughts));
  if (calls.length > 0) {
    const made = calls.map((item) => {
      const [id = '""', name = '""', args = '""'] = ["call_id", "name", "arguments"].map((key) => item.get(key));
      return toolCall({ id, name, args });
    });
    members.set("tool_calls", joinElements(made));
  }
  return joinMembers(members);
}

function partsOf(item: RawMembers): Map<string, string>[] {
  const content = item.get("content");
  if (isRawString(content)) return [new Map([["text", content]])];
  return isRawArray(content)
    ? rawElements(content)
        .filter((part) => isRawObject(part))
        .map((part) => rawMembers(part))
    : [];
}

/** The log-probs of all texts in a row, where the endpoint gave any. */
function logprobs(messages: readonly RawMembers[]): string {
  const lists = messages
    .flatMap(partsOf)
    .map((part) => given(part, "logprobs"))
    .filter(isRawArray);
  return lists.length === 0 ? "null" : joinMembers([["content", joinElements(lists.flatMap(rawElements))]]);
}
