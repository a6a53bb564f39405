import { expect, test } from "vitest";
import { faultsOf } from "./fault.ts";
import { captureTokens, readLogprobs } from "./tokens.ts";

const fault = faultsOf("policy", undefined);
const capture = (prompt: unknown, generation: unknown, logProbs: unknown) =>
  captureTokens({ prompt, generation, logProbs }, fault);
const nothing = { promptTokenIds: null, generationTokenIds: null, generationLogProbs: null };

test("what is absent is null", () => {
  expect(capture(undefined, null, undefined)).toEqual(nothing);
  expect(capture([1], [2, 0], [-0.5, 0])).toEqual({
    promptTokenIds: [1],
    generationTokenIds: [2, 0],
    generationLogProbs: [-0.5, 0],
  });
  expect(capture([1], [2], null)).toEqual({ promptTokenIds: [1], generationTokenIds: [2], generationLogProbs: null });
});

test("log-probs without ids say nothing about any token", () => {
  expect(capture(null, null, [-1])).toEqual(nothing);
});

test.each([
  [[1], [1, 2], [-1]],
  [[1], [1], [Number.NaN]],
  [[1], [1], [-Infinity]],
  [[1], [1], [null]],
  [[1], [1.5], null],
  [[-1], null, null],
  [[2 ** 31], null, null],
  ["1", null, null],
])("%j, %j, %j is refused", (prompt, generation, logProbs) => {
  expect(() => capture(prompt, generation, logProbs)).toThrow(/model bad response/);
});

test("ids written as names", () => {
  const named = {
    content: [
      { token: "token_id:7", logprob: -1 },
      { token: "token_id:8", logprob: -2 },
    ],
  };
  expect(readLogprobs(named)).toEqual({ ids: [7, 8], logProbs: [-1, -2] });
  expect(readLogprobs({ content: [{ token: " the", logprob: -1 }] })).toEqual({ ids: null, logProbs: [-1] });
  expect(readLogprobs(null)).toEqual({ ids: null, logProbs: null });
});
