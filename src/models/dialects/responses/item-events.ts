import { joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import { given, type RawMembers } from "../inbound.ts";
import { isRawArray, isRawObject, isRawString, rawText } from "../raw-values.ts";
import { tokenFieldsIn } from "../token-fields.ts";
import type { ResponseEvent } from "./events.ts";

type Members = readonly [string, string][];

/** The events of one output item: it is added, says each of its texts in one delta, and is done. */
export function itemEvents(raw: string, index: number): ResponseEvent[] {
  const item = rawMembers(raw);
  const place: Members = [
    ["output_index", String(index)],
    ["item_id", item.get("id") ?? '""'],
  ];
  return [
    [
      "response.output_item.added",
      [
        ["output_index", String(index)],
        ["item", joinMembers(begun(item))],
      ],
    ],
    ...saidBy(item, place),
    [
      "response.output_item.done",
      [
        ["output_index", String(index)],
        ["item", raw],
      ],
    ],
  ];
}

/** The item before it says anything. Its tokens are told when it is done. */
function begun(item: RawMembers): Map<string, string> {
  const members = new Map(item);
  for (const [key] of tokenFieldsIn(item)) members.delete(key);
  for (const list of ["content", "summary"]) if (isRawArray(members.get(list))) members.set(list, "[]");
  if (isRawString(members.get("arguments"))) members.set("arguments", '""');
  if (members.has("status")) members.set("status", '"in_progress"');
  return members;
}

function saidBy(item: RawMembers, place: Members): ResponseEvent[] {
  switch (rawText(item.get("type")) ?? "") {
    case "message":
      return partsOf(item, "content").flatMap((part, at) =>
        contentEvents(part, [...place, ["content_index", String(at)]]),
      );
    case "reasoning":
      return [
        ...partsOf(item, "summary").flatMap((part, at) =>
          summaryEvents(part, [...place, ["summary_index", String(at)]]),
        ),
        ...partsOf(item, "content").flatMap((part, at) =>
          contentEvents(part, [...place, ["content_index", String(at)]]),
        ),
      ];
    case "function_call":
      return callEvents(item, place);
    default:
      return [];
  }
}

function partsOf(item: RawMembers, key: string): string[] {
  const parts = item.get(key);
  return isRawArray(parts) ? rawElements(parts).filter((part) => isRawObject(part)) : [];
}

/** The word of a part's events, and the member that holds its text. */
const PARTS: ReadonlyMap<string, { readonly word: string; readonly key: string }> = new Map([
  ["output_text", { word: "output_text", key: "text" }],
  ["refusal", { word: "refusal", key: "refusal" }],
  ["reasoning_text", { word: "reasoning_text", key: "text" }],
]);

function contentEvents(raw: string, place: Members): ResponseEvent[] {
  const part = rawMembers(raw);
  const kind = PARTS.get(rawText(part.get("type")) ?? "");
  const text = kind && part.get(kind.key);
  if (!kind || !isRawString(text)) return around("response.content_part", place, raw, raw, []);
  const start = joinMembers(new Map(part).set(kind.key, '""'));
  // OpenAI's clients want the list on the events of this one part, empty where nobody asked for log-probs.
  const logprobs: Members = kind.word === "output_text" ? [["logprobs", given(part, "logprobs") ?? "[]"]] : [];
  return around("response.content_part", place, start, raw, [
    [`response.${kind.word}.delta`, [...place, ["delta", text], ...logprobs]],
    [`response.${kind.word}.done`, [...place, [kind.key, text], ...logprobs]],
  ]);
}

function summaryEvents(raw: string, place: Members): ResponseEvent[] {
  const part = rawMembers(raw);
  const text = part.get("text") ?? '""';
  return around("response.reasoning_summary_part", place, joinMembers(part.set("text", '""')), raw, [
    ["response.reasoning_summary_text.delta", [...place, ["delta", text]]],
    ["response.reasoning_summary_text.done", [...place, ["text", text]]],
  ]);
}

function callEvents(item: RawMembers, place: Members): ResponseEvent[] {
  const args = item.get("arguments") ?? '""';
  return [
    ["response.function_call_arguments.delta", [...place, ["delta", args]]],
    ["response.function_call_arguments.done", [...place, ["name", item.get("name") ?? '""'], ["arguments", args]]],
  ];
}

function around(
  word: string,
  place: Members,
  start: string,
  end: string,
  between: readonly ResponseEvent[],
): ResponseEvent[] {
  return [[`${word}.added`, [...place, ["part", start]]], ...between, [`${word}.done`, [...place, ["part", end]]]];
}
