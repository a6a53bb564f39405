import { expect, it } from "vitest";
import { branchSamples } from "./branch-samples.ts";

it("a sample says between which versions a span lies that nobody can tell apart", () => {
  const between = ["1", "2"] as const;
  const tokens = { prompt: [1, 2], generation: [3, 4], logProbs: [-1, -1] };
  const weightVersions = [{ version: null, between, start: 0, end: 2 }];
  const placed = { id: "a", parent: null, broken: null, trainable: true, finishReason: "stop" };
  expect(branchSamples([{ ...placed, ...tokens, weightVersions }])[0]?.spans).toEqual([
    { call_id: "a", start: 0, end: 2, weight_version: null, between },
  ]);
});
