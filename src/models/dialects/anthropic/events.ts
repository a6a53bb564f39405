import { joinMembers, rawMembers } from "../../../core/json/raw.ts";
import { rawText } from "../raw-values.ts";
import { sseEvent } from "../sse.ts";
import type { AnthropicMessage } from "./message.ts";

/** A message as the whole stream of Anthropic's server-sent events, with one delta for each block. */
export function messageEvents(message: AnthropicMessage): string {
  const { id, model, blocks, stopReason, stopSequence, usage } = message;
  const start = {
    id,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 0 },
  };
  return [
    event("message_start", [["message", JSON.stringify(start)]]),
    ...blocks.map(blockEvents),
    event("message_delta", [
      ["delta", JSON.stringify({ stop_reason: stopReason, stop_sequence: stopSequence })],
      ["usage", JSON.stringify(usage)],
    ]),
    event("message_stop", []),
  ].join("");
}

function blockEvents(raw: string, index: number): string {
  const place = ["index", String(index)] as const;
  const { start, deltas } = startAndDeltas(raw);
  return [
    event("content_block_start", [place, ["content_block", start]]),
    ...deltas.map((delta) => event("content_block_delta", [place, ["delta", joinMembers(delta)]])),
    event("content_block_stop", [place]),
  ].join("");
}

type Members = readonly (readonly [string, string])[];

function startAndDeltas(raw: string): { readonly start: string; readonly deltas: readonly Members[] } {
  const block = rawMembers(raw);
  const type = rawText(block.get("type"));
  if (type === "text" || type === "thinking") {
    const text = block.get(type) ?? '""';
    const delta: Members = [
      ["type", `"${type}_delta"`],
      [type, text],
    ];
    const signature = block.get("signature") ?? '""';
    const signed: Members = [
      ["type", '"signature_delta"'],
      ["signature", signature],
    ];
    block.set(type, '""');
    if (type === "thinking") block.set("signature", '""');
    return { start: joinMembers(block), deltas: signature === '""' ? [delta] : [delta, signed] };
  }
  if (type === "tool_use") {
    const delta: Members = [
      ["type", '"input_json_delta"'],
      ["partial_json", JSON.stringify(block.get("input") ?? "{}")],
    ];
    return { start: joinMembers(block.set("input", "{}")), deltas: [delta] };
  }
  return { start: raw, deltas: [] };
}

/** An event of Anthropic's: its name stands on the event and in its data. */
export function event(type: string, members: Members): string {
  return sseEvent(type, joinMembers([["type", JSON.stringify(type)], ...members]));
}
