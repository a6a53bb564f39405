import type { CallContext } from "../../src/core/context.ts";
import type { ModelCall, ModelClient, ModelRequest } from "../../src/models/port.ts";

export interface ScriptedModel extends ModelClient {
  readonly requests: ModelRequest[];
}

export type Answer = Partial<ModelCall> | ((ctx: CallContext) => Promise<Partial<ModelCall>>);

/** A model that gives these answers in order, and the last one for ever. */
export function scriptedModel(answers: readonly Answer[]): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    name: "policy",
    upstream: "m",
    replay: false,
    requests,
    respond: async (ctx, request) => {
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {};
      requests.push(request);
      return { ...BASE, ...(typeof answer === "function" ? await answer(ctx) : answer) };
    },
    close: () => Promise.resolve(),
  };
}

const BASE: ModelCall = {
  request: "{}",
  response: "{}",
  status: 200,
  answer: { id: "resp", object: "response", model: "m", output: [] },
  items: [],
  finishReason: "stop",
  truncatedBy: null,
  usage: null,
  tokens: { promptTokenIds: null, generationTokenIds: null, generationLogProbs: null },
  weightVersion: null,
  startedAt: 0,
  durationMs: 0,
};

/** An answer with these items; `outputTokens` for its usage. */
export function answerWith(
  items: readonly Record<string, unknown>[],
  outputTokens = 1,
  more: Partial<ModelCall> = {},
): Partial<ModelCall> {
  const output = items.map((item) => ({ type: "message", ...item }));
  const usage = { input_tokens: 10, output_tokens: outputTokens, total_tokens: 10 + outputTokens };
  const answer = { ...BASE.answer, output, usage };
  return { answer, items: output.map((item) => JSON.stringify(item)), usage, ...more };
}

export const message = (text: string) => ({
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text }],
});
export const toolCall = (name: string, args = "{}", id = "c1") => ({
  type: "function_call",
  call_id: id,
  name,
  arguments: args,
});
export const reasoning = (text: string) => ({ type: "reasoning", summary: [{ type: "summary_text", text }] });
