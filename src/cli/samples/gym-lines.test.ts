import { describe, expect, it } from "vitest";
import { checkGymLines } from "./gym-lines.ts";

const item = (prompt: number[], generation: number[], logProbs = generation.map(() => -1)) => ({
  type: "message",
  prompt_token_ids: prompt,
  generation_token_ids: generation,
  generation_log_probs: logProbs,
});
const line = (...output: object[]) => JSON.stringify({ response: { output } });

describe("the check of NeMo Gym's rollouts", () => {
  it("passes turns that continue each other, and skips items without tokens", () => {
    const text = `${line(item([1], [2]), { type: "function_call_output" }, item([1, 2, 3], [4]))}\n\n`;
    expect(checkGymLines(text)).toEqual({ rollouts: 1, contiguous: 1, found: [] });
  });

  it("names line, turn and token of a break, and what is wrong with a call", () => {
    const text = [line(item([1], [2]), item([1, 9], [4])), line(item([1], [2, 3], [-1])), line({})].join("\n");
    expect(checkGymLines(text)).toEqual({
      rollouts: 3,
      contiguous: 0,
      found: [
        { where: "line 1", turn: 2, reason: "broken prefix at token 1" },
        { where: "line 2", turn: 1, reason: "2 tokens, 1 log-probs" },
        { where: "line 3", turn: null, reason: "no item carries tokens" },
      ],
    });
  });

  it("refuses a line that is no rollout, with its number", () => {
    expect(() => checkGymLines('{"response": {}}')).toThrow(/line 1\): response\.output/);
  });
});
