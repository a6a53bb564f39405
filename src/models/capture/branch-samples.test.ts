import { expect, it } from "vitest";
import { BranchLog } from "../../core/tokens/branch-log.ts";
import { loggedCall } from "../../core/tokens/token-lists.ts";
import { BranchSamples } from "./branch-samples.ts";

it("a sample says between which versions a span lies that nobody can tell apart", () => {
  const between = ["1", "2"] as const;
  const log = new BranchLog();
  const tokens = loggedCall(log, { id: "a", prompt: [1, 2], generation: [3, 4], logProbs: [-1, -1] });
  const weightVersions = [{ version: null, between, start: 0, end: 2 }];
  const call = { ...tokens, broken: null, arrived: true, trainable: true, weightVersions, finishReason: "stop" };
  expect(new BranchSamples({ calls: [call], log }).page(0).items[0]?.spans).toEqual([
    { call_id: "a", start: 0, end: 2, weight_version: null, between },
  ]);
});
