import { expect, test } from "vitest";
import { withinTokenBudget } from "./token-budget.ts";

test.each([
  [undefined, undefined, 0, undefined],
  [undefined, 100, 0, "100"],
  ["50", 100, 0, "50"],
  ["50", 100, 60, "40"],
  ["null", 100, 60, "40"],
  ["50", 100, 99, "16"],
])("asked %s, budget %s, spent %i", (asked, budget, spent, limit) => {
  const params = new Map(asked === undefined ? [] : [["max_output_tokens", asked]]);
  expect(withinTokenBudget(params, budget, spent).get("max_output_tokens")).toBe(limit);
});
