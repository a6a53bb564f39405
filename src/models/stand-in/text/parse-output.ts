import { isJsonObject } from "../../../core/json/parse.ts";
import { pythonJson, pythonSpacing } from "./python-json.ts";

export interface ParsedOutput {
  readonly reasoning: string | null;
  readonly content: string | null;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
}

/**
 * A whole answer taken apart as vLLM's qwen3 and hermes parsers do: without an end of thinking all is reasoning; a
 * call that is no JSON or not closed makes the whole text content; blank text beside calls is dropped.
 */
export function parseOutput(
  text: string,
  { thinking, parseCalls }: { readonly thinking: boolean; readonly parseCalls: boolean },
): ParsedOutput {
  const { reasoning, rest } = splitReasoning(text, thinking);
  const whole = { reasoning, content: rest === "" ? null : rest, toolCalls: [] };
  const start = rest.indexOf("<tool_call>");
  if (!parseCalls || start < 0) return whole;
  const blocks = Array.from(rest.matchAll(/<tool_call>(.*?)(?:<\/tool_call>|$)/gs), ([, block]) => block ?? "");
  const calls = blocks.map(callIn);
  if (calls.some((call) => call === null)) return whole;
  const before = rest.slice(0, start);
  return {
    reasoning,
    content: before.trim() === "" ? null : before,
    toolCalls: calls.filter((call) => call !== null),
  };
}

function splitReasoning(text: string, thinking: boolean): { reasoning: string | null; rest: string } {
  const opened = text.startsWith("<think>");
  if (!opened && !thinking) return { reasoning: null, rest: text };
  const body = opened ? text.slice("<think>".length) : text;
  const end = body.indexOf("</think>");
  if (end < 0) return { reasoning: body === "" ? null : body, rest: "" };
  return { reasoning: body.slice(0, end), rest: body.slice(end + "</think>".length) };
}

function callIn(block: string): { name: string; arguments: string } | null {
  try {
    const call: unknown = JSON.parse(block);
    if (!isJsonObject(call) || typeof call["name"] !== "string") return null;
    const raw = /"arguments"\s*:\s*(.*)\}\s*$/s.exec(block)?.[1];
    // The text as it was generated, so that numbers beyond 2^53 and the order of keys stay.
    const exact = raw !== undefined && Object.keys(call).at(-1) === "arguments";
    return { name: call["name"], arguments: exact ? pythonSpacing(raw) : pythonJson(call["arguments"] ?? {}) };
  } catch {
    return null;
  }
}
