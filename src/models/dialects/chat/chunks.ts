import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import { given, type RawMembers } from "../inbound.ts";
import { isRawArray, isRawString } from "../raw-values.ts";
import { sseEvent } from "../sse.ts";
import { REASONING } from "./assistant-turn.ts";

/** The end of every Chat stream, also of one that failed (as vLLM ends it). */
export const CHAT_DONE = sseEvent(null, "[DONE]");

const HEAD = ["id", "created", "model", "service_tier", "system_fingerprint"];

/**
 * A Chat completion as server-sent events: for each choice the role, one delta for each thing it says, and its end; then usage
 * where it is wanted, and `[DONE]`. Token ids and log-probs stand as vLLM puts them, those of the prompt on the first chunk,
 * those of the generation on the last.
 */
export function chatChunks(completion: RawMembers, includeUsage: boolean): string {
  const head: [string, string][] = [["object", '"chat.completion.chunk"']];
  for (const key of HEAD) {
    const value = given(completion, key);
    if (value !== undefined) head.push([key, value]);
  }
  const chunk = (choices: readonly string[], more: readonly [string, string][] = []) =>
    sseEvent(null, joinMembers([...head, ["choices", joinElements(choices)], ...more]));
  const prompt = given(completion, "prompt_token_ids");
  let events = "";
  for (const raw of rawElements(completion.get("choices") ?? "[]")) {
    const [first = "", ...rest] = choiceDeltas(rawMembers(raw));
    events += chunk([first], prompt === undefined ? [] : [["prompt_token_ids", prompt]]);
    for (const delta of rest) events += chunk([delta]);
  }
  if (includeUsage) events += chunk([], [["usage", completion.get("usage") ?? "null"]]);
  return events + CHAT_DONE;
}

function choiceDeltas(choice: RawMembers): string[] {
  const message = rawMembers(choice.get("message") ?? "{}");
  const index = choice.get("index") ?? "0";
  const delta = (members: Iterable<readonly [string, string]>, more: readonly [string, string][] = []) =>
    joinMembers([["index", index], ["delta", joinMembers(members)], ["finish_reason", "null"], ...more]);
  const deltas = [
    delta([
      ["role", '"assistant"'],
      ["content", '""'],
    ]),
  ];
  const says = (keys: readonly string[]) => {
    const members = keys.flatMap((key): [string, string][] => {
      const text = message.get(key);
      return isRawString(text) && text !== '""' ? [[key, text]] : [];
    });
    if (members.length > 0) deltas.push(delta(members));
  };
  says(REASONING);
  says(["content"]);
  says(["refusal"]);
  const calls = message.get("tool_calls");
  const made = isRawArray(calls) ? rawElements(calls) : [];
  if (made.length > 0) deltas.push(delta([["tool_calls", joinElements(made.map(withIndex))]]));
  deltas.push(endOf(choice, index));
  return deltas;
}

function withIndex(call: string, at: number): string {
  return joinMembers([["index", String(at)], ...rawMembers(call)]);
}

function endOf(choice: RawMembers, index: string): string {
  const members = new Map([
    ["index", index],
    ["delta", "{}"],
  ]);
  for (const key of ["logprobs", "finish_reason", "stop_reason", "token_ids"]) {
    const value = choice.get(key);
    if (value !== undefined && (value !== "null" || key === "finish_reason")) members.set(key, value);
  }
  return joinMembers(members);
}
