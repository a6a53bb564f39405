import { newId } from "../../core/ids.ts";
import type { Reading } from "../dialects/upstream-dialect.ts";

/** The reading of a refusal because the prompt does not fit: an answer without items, truncated by `length`. */
export function overflowReading(model: string, startedAt: number): Reading {
  return {
    answer: {
      id: newId("call").replace("call_", "resp_"),
      object: "response",
      created_at: Math.floor(startedAt / 1000),
      model,
      output: [],
      parallel_tool_calls: true,
      tool_choice: "auto",
      tools: [],
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      usage: null,
    },
    items: [],
    finishReason: "length",
    truncatedBy: "length",
    usage: null,
    tokens: { promptTokenIds: null, generationTokenIds: null, generationLogProbs: null },
    weightVersion: null,
  };
}
