import { expect, test } from "vitest";
import { addUsage } from "./usage.ts";

const one = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
const detailed = { ...one, input_tokens_details: { cached_tokens: 3 }, output_tokens_details: { reasoning_tokens: 0 } };

test("counts add up; a detail that one side does not know is null", () => {
  expect(addUsage(detailed, detailed)).toEqual({
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 6 },
    output_tokens: 4,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 14,
  });
  expect(addUsage(detailed, one)).toMatchObject({ input_tokens_details: { cached_tokens: null } });
});

test("a missing usage is skipped", () => {
  expect(addUsage(null, one)).toBe(one);
  expect(addUsage(one, null)).toBe(one);
  expect(addUsage(null, null)).toBeNull();
});
