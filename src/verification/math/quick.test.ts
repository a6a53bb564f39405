import { describe, expect, it } from "vitest";
import { quickComparison } from "./quick.ts";

describe("quickComparison", () => {
  it.each([
    ["\\boxed{18}", "18", "18", true],
    ["So $x=4$ and $\\boxed{18}$, 20 less.", "18", "19", false],
    ["The final answer is: $\\boxed{18}$.", "18", "18", true],
    ["\\[ \\boxed{\\frac{1}{2}} \\]", "\\frac{1}{2}", "\\frac{1}{2}", true],
  ])("decides %j", (text, box, expected, equal) => expect(quickComparison(text, box, expected)).toBe(equal));

  it.each([
    ["\\boxed{1} or \\boxed{18}", "18", "18"],
    ["$\\boxed{18}$%", "18", "18"],
    ["The final answer is $5$. I hope so. \\boxed{18}", "18", "18"],
    ["The final answer is \\boxed{18}, which is 20", "18", "18"],
    ["The final answer is $x$ and $\\boxed{18}$", "18", "18"],
    ["\\boxed{18.0}", "18.0", "18"],
    ["\\boxed{2^{9^{9^9}}}", "2^{9^{9^9}}", "2^{9^{9^9}}"],
    ["\\boxed{\\frac{2}{4}}", "\\frac{2}{4}", "\\frac{1}{2}"],
    [`${"x".repeat(5000)}\\boxed{18}`, "18", "18"],
  ])("leaves %.60j to math-verify", (text, box, expected) => expect(quickComparison(text, box, expected)).toBeNull());
});
