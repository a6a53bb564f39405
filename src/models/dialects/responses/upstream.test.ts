import { expect, test } from "vitest";
import { faultsOf } from "../fault.ts";
import { responsesDialect } from "./upstream.ts";

const fault = faultsOf("policy", undefined);

function read(more: Record<string, unknown>) {
  const value = { id: "r", object: "response", model: "m", status: "completed", output: [], ...more };
  return responsesDialect.read({ text: JSON.stringify(value), value }, { params: new Map(), input: [] }, fault);
}

test("token fields of Gym's model server are on the last item", () => {
  const fields = { prompt_token_ids: [1, 2], generation_token_ids: [3], generation_log_probs: [0] };
  const output = [{ type: "reasoning" }, { type: "message", role: "assistant", content: "a", ...fields }];
  expect(read({ output })?.tokens).toEqual({
    promptTokenIds: [1, 2],
    generationTokenIds: [3],
    generationLogProbs: [0],
  });
  const unequal = [{ type: "message", ...fields, generation_log_probs: [0, 0] }];
  expect(() => read({ output: unequal })).toThrow(/1 generated tokens but 2 log-probs/);
});

test.each([
  [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "length", "max_output_tokens"],
  [{ status: "incomplete", incomplete_details: { reason: "content_filter" } }, "content_filter", "content_filter"],
  [{ status: "incomplete" }, "length", "incomplete"],
  [{}, null, "completed"],
])("%j", (more, truncatedBy, finishReason) => {
  expect(read(more)).toMatchObject({ truncatedBy, finishReason });
});

test("a failure because the prompt does not fit is none", () => {
  expect(read({ status: "failed", error: { code: "context_length_exceeded", message: "too long" } })).toBeNull();
  expect(() => read({ status: "failed", error: null })).toThrow(/failed without a reason/);
});

test("the platform's members are its own", () => {
  const params = new Map([
    ["model", '"evil"'],
    ["stream", "true"],
    ["messages", "[]"],
    ["temperature", "0.0"],
  ]);
  const extra = new Map([
    ["stream", "true"],
    ["top_k", "1"],
    ["temperature", "1"],
  ]);
  expect(responsesDialect.compose({ params, input: ["{}"] }, { model: "m", tokens: false, extra, fault })()).toBe(
    '{"model":"m","temperature":0.0,"top_k":1,"input":[{}],"stream":false}',
  );
});
