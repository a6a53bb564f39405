import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/json/parse.ts";

/** What an answer is made of. Usage is an estimate: a replayed answer was never tokenised here. */
export interface ReplayedAnswer {
  readonly model: string;
  readonly text: string;
  /** Characters of the request. */
  readonly asked: number;
  /** Epoch seconds. */
  readonly created: number;
}

/** Rough tokens of a text: four characters each. */
const estimate = (characters: number) => Math.ceil(characters / 4);

const id = (prefix: string) => `${prefix}${randomUUID().replaceAll("-", "")}`;

/** A Chat completion. It says that it is replayed, and has no token ids. */
export function chatBody({ model, text, asked, created }: ReplayedAnswer): JsonObject {
  const [prompt, completion] = [estimate(asked), estimate(text.length)];
  const message = { role: "assistant", content: text, refusal: null };
  return {
    id: id("chatcmpl-"),
    object: "chat.completion",
    created,
    model,
    system_fingerprint: "replay",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

/** A Responses object. It says in `metadata` that it is replayed, and has no token ids. */
export function responsesBody({ model, text, asked, created }: ReplayedAnswer): JsonObject {
  const [input, output] = [estimate(asked), estimate(text.length)];
  const content = [{ type: "output_text", text, annotations: [] }];
  return {
    id: id("resp_"),
    object: "response",
    created_at: created,
    model,
    status: "completed",
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: { replay: "true" },
    output: [{ id: id("msg_"), type: "message", role: "assistant", status: "completed", content }],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: "auto",
    tools: [],
    top_p: null,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
  };
}
