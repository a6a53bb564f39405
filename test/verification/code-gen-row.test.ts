import { expect, it } from "vitest";
import codeGen from "../../environments/code_gen/resource.ts";
import type { ResourceDefinition } from "../../src/resources/definition.ts";
import { parseRow } from "../../src/resources/row.ts";

const parse = (metadata: object) => {
  const unit_tests = { inputs: ["1", "2"], outputs: ["1", "2"] };
  const row = { responses_create_params: { input: "x" }, verifier_metadata: { unit_tests, ...metadata } };
  return parseRow(codeGen as unknown as ResourceDefinition, row, 3);
};

it("a row of code_gen may say how it is judged", () => {
  parse({});
  parse({ comparison: null, extraction: null, scoring: null });
  parse({ comparison: { rule: "float" }, extraction: "last_fence", scoring: { scheme: "weighted", weights: [1, 3] } });
});

it.each([
  [{ comparison: { rule: "bogus" } }, "verifier_metadata.comparison.rule"],
  [{ extraction: "human_eval_completion" }, "verifier_metadata.extraction"],
  [{ scoring: { scheme: "weighted", weights: [1] } }, "verifier_metadata.scoring: 1 weights for 2 tests"],
  [
    { comparison: { rule: "tokens" }, unit_tests: { inputs: ["1"], outputs: ["1"], fn_name: "f" } },
    "comparison: is for",
  ],
])("%j is refused, with the line and the field", (metadata, message) => {
  expect(() => parse(metadata)).toThrow("invalid row (line 3): verifier_metadata");
  expect(() => parse(metadata)).toThrow(message);
});
