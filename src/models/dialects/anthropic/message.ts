import { isJsonObject, parseJson } from "../../../core/json/parse.ts";
import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { ModelCall } from "../../port.ts";
import { countIn } from "../chat/usage.ts";
import { given, type RawMembers } from "../inbound.ts";
import { refuseOverflow } from "../overflow.ts";
import { concatRawStrings, isRawArray, isRawObject, isRawString, rawText } from "../raw-values.ts";
import { reasoningTexts } from "../reasoning-text.ts";
import type { AnswerSettings } from "../served-dialect.ts";
import { inputOfArguments } from "./arguments.ts";

/** An answer in Anthropic's words: its content blocks, raw, and the rest. */
export interface AnthropicMessage {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly string[];
  readonly stopReason: string;
  /** The stop sequence that the model wrote, raw; null when none ended it. */
  readonly stopSequence: string | null;
  readonly usage: AnthropicUsage;
}

/** Input that came from a cache is counted apart from other input; what nobody counted is null, and 0 where a number must be. */
export interface AnthropicUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
  readonly output_tokens: number;
}

/** `stopSequences` are those that the request named. */
export function anthropicMessage(
  call: ModelCall,
  stopSequences: readonly string[],
  settings: AnswerSettings,
): AnthropicMessage {
  refuseOverflow(call, settings);
  const blocks = call.items.flatMap((item) => blocksOfItem(rawMembers(item)));
  const stopSequence = stopSequences.length > 0 ? hitSequence(call, stopSequences) : null;
  return {
    id: call.answer.id,
    model: settings.model ?? call.answer.model,
    blocks,
    stopReason: stopReason(call, stopSequence),
    stopSequence,
    usage: usageOf(call),
  };
}

export function messageBody({ id, model, blocks, stopReason, stopSequence, usage }: AnthropicMessage): string {
  return joinMembers([
    ["id", JSON.stringify(id)],
    ["type", '"message"'],
    ["role", '"assistant"'],
    ["model", JSON.stringify(model)],
    ["content", joinElements(blocks)],
    ["stop_reason", JSON.stringify(stopReason)],
    ["stop_sequence", JSON.stringify(stopSequence)],
    ["usage", JSON.stringify(usage)],
  ]);
}

function blocksOfItem(item: RawMembers): string[] {
  switch (rawText(item.get("type")) ?? "") {
    case "reasoning":
      return thinkingBlocks(item);
    case "message":
      return textBlocks(item.get("content"));
    case "function_call":
      return [
        joinMembers([
          ["type", '"tool_use"'],
          ["id", item.get("call_id") ?? '""'],
          ["name", item.get("name") ?? '""'],
          ["input", inputOfArguments(item.get("arguments") ?? '""')],
        ]),
      ];
    default:
      return [];
  }
}

/** The signature is the endpoint's own, which an open model has not. Reasoning that only the endpoint can read is redacted. */
function thinkingBlocks(item: RawMembers): string[] {
  const texts = reasoningTexts(item);
  const encrypted = given(item, "encrypted_content");
  if (texts.length > 0) {
    return [
      joinMembers([
        ["type", '"thinking"'],
        ["thinking", concatRawStrings(texts)],
        ["signature", encrypted ?? '""'],
      ]),
    ];
  }
  if (encrypted === undefined) return [];
  return [
    joinMembers([
      ["type", '"redacted_thinking"'],
      ["data", encrypted],
    ]),
  ];
}

function textBlocks(content: string | undefined): string[] {
  const parts = isRawArray(content) ? rawElements(content).filter((part) => isRawObject(part)) : [];
  const texts = isRawString(content) ? [content] : parts.map((part) => textOf(rawMembers(part)));
  return texts.filter(isRawString).map((text) =>
    joinMembers([
      ["type", '"text"'],
      ["text", text],
    ]),
  );
}

const textOf = (part: RawMembers) => part.get("text") ?? part.get("refusal");

function stopReason(call: ModelCall, stopSequence: string | null): string {
  if (call.truncatedBy === "length") return "max_tokens";
  if (call.truncatedBy === "content_filter") return "refusal";
  if (call.items.some((item) => rawText(rawMembers(item).get("type")) === "function_call")) return "tool_use";
  return stopSequence === null ? "end_turn" : "stop_sequence";
}

/** vLLM tells on a Chat choice which stop string it met. */
function hitSequence(call: ModelCall, stopSequences: readonly string[]): string | null {
  const body = parseJson(call.response);
  const choices: unknown = isJsonObject(body) ? body["choices"] : null;
  const choice: unknown = Array.isArray(choices) ? choices[0] : null;
  const hit = isJsonObject(choice) ? choice["stop_reason"] : null;
  return typeof hit === "string" && stopSequences.includes(hit) ? hit : null;
}

function usageOf({ usage }: ModelCall): AnthropicUsage {
  const cached = countIn(usage?.["input_tokens_details"], "cached_tokens");
  return {
    input_tokens: (usage?.input_tokens ?? 0) - (cached ?? 0),
    cache_creation_input_tokens: cached === null ? null : 0,
    cache_read_input_tokens: cached,
    output_tokens: usage?.output_tokens ?? 0,
  };
}
