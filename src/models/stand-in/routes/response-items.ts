import type { JsonObject } from "../../../core/json/parse.ts";

/** Output items of the Responses API, with the members that vLLM gives them. */

export function reasoningItem(id: string, text: string | null, status: "in_progress" | "completed" | null): JsonObject {
  const content = text === null ? null : [{ text, type: "reasoning_text" }];
  return { id, summary: [], type: "reasoning", content, encrypted_content: null, status };
}

/** `text` null: the item has only begun. */
export function messageItem(id: string, text: string | null, logprobs: unknown = null): JsonObject {
  return {
    id,
    content: text === null ? [] : [{ annotations: [], text, type: "output_text", logprobs }],
    role: "assistant",
    status: text === null ? "in_progress" : "completed",
    type: "message",
    phase: null,
  };
}

export function functionCallItem(
  id: string,
  callId: string,
  call: { readonly name: string; readonly arguments: string },
  status: "in_progress" | "completed",
): JsonObject {
  return {
    arguments: call.arguments,
    call_id: callId,
    name: call.name,
    type: "function_call",
    id,
    async: null,
    caller: null,
    namespace: null,
    status,
  };
}
