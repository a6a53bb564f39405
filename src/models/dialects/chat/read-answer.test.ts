import { expect, test } from "vitest";
import { readChatAnswer } from "./read-answer.ts";
import { faultsOf } from "../fault.ts";

function read(message: Record<string, unknown>, finish: string | null = "stop", more: Record<string, unknown> = {}) {
  const value = { id: "c", created: 5, model: "m", choices: [{ message, finish_reason: finish }], ...more };
  const params = new Map([["tools", '[{"type":"function","name":"f"}]']]);
  return readChatAnswer({ text: JSON.stringify(value), value }, { params, input: [] }, faultsOf("policy", undefined));
}

const types = (reading: ReturnType<typeof read>) => reading.answer.output.map((item) => item.type);

test("reasoning, text and calls become items in that order", () => {
  const call = { id: "t1", type: "function", function: { name: "f", arguments: '{"n":9007199254740993}' } };
  const reading = read({ content: " hi ", reasoning: "\nhm", tool_calls: [call] }, "tool_calls");
  expect(reading.answer.output).toEqual([
    { id: "rs_c", type: "reasoning", summary: [{ type: "summary_text", text: "\nhm" }] },
    {
      id: "msg_c",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: " hi ", annotations: [] }],
    },
    {
      id: "t1",
      type: "function_call",
      call_id: "t1",
      name: "f",
      arguments: '{"n":9007199254740993}',
      status: "completed",
    },
  ]);
  expect(reading.items.map((item) => JSON.parse(item) as unknown)).toEqual(reading.answer.output);
  expect(reading).toMatchObject({ finishReason: "tool_calls", truncatedBy: null });
  expect(reading.answer).toMatchObject({
    created_at: 5,
    status: "completed",
    tool_choice: "auto",
    tools: [{ name: "f" }],
  });
});

test("an answer without anything is an empty message; reasoning or calls alone are not", () => {
  expect(types(read({ content: null }))).toEqual(["message"]);
  expect(types(read({ content: "" }))).toEqual(["message"]);
  expect(types(read({ content: "", reasoning_content: "hm" }))).toEqual(["reasoning"]);
  expect(types(read({ content: null, tool_calls: [{ function: { name: "f" } }] }))).toEqual(["function_call"]);
});

test("a call without id gets one, and arguments are always text", () => {
  const [call] = read({ tool_calls: [{ id: "", function: { name: "f", arguments: { a: 1 } } }] }).answer.output;
  expect(String(call?.["call_id"])).toMatch(/^call_/);
  expect(call).toMatchObject({ arguments: '{"a":1}' });
});

test.each([
  ["length", "length", "max_output_tokens"],
  ["content_filter", "content_filter", "content_filter"],
])("%s cuts the answer short", (finish, truncatedBy, reason) => {
  const reading = read({ content: "ha" }, finish);
  expect(reading.truncatedBy).toBe(truncatedBy);
  expect(reading.answer).toMatchObject({ status: "incomplete", incomplete_details: { reason } });
});

test("usage in the words of Responses, with null for what nobody counted", () => {
  const usage = {
    prompt_tokens: 3,
    completion_tokens: 2,
    total_tokens: 5,
    prompt_tokens_details: { cached_tokens: 1 },
  };
  expect(read({ content: "a" }, "stop", { usage }).usage).toEqual({
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 1 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: null },
    total_tokens: 5,
  });
  expect(read({ content: "a" }).usage).toBeNull();
});

test("a refusal is a part of the message", () => {
  expect(read({ content: null, refusal: "no" }).answer.output).toMatchObject([
    { content: [{ type: "refusal", refusal: "no" }] },
  ]);
});

test("token ids on the message, as Gym's model server puts them", () => {
  const fields = { prompt_token_ids: [1], generation_token_ids: [2], generation_log_probs: [-1] };
  const { tokens } = read({ content: "a", ...fields });
  expect(tokens).toEqual({ promptTokenIds: [1], generationTokenIds: [2], generationLogProbs: [-1] });
});

test("a weight version where an engine states one", () => {
  expect(read({ content: "a" }, "stop", { metadata: { weight_version: "12" } }).weightVersion).toBe("12");
  expect(read({ content: "a" }).weightVersion).toBeNull();
});
