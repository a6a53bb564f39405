import { describe, expect, it } from "vitest";
import { lastBoxed, lastNumber, withoutDelimiters } from "./extract.ts";

describe("lastBoxed", () => {
  it.each([
    ["\\boxed{32}", "32"],
    ["\\boxed{ 32 }", "32"],
    ["a \\boxed{1} b \\boxed{2}.", "2"],
    ["\\boxed{\\frac{1}{2}} }", "\\frac{1}{2}"],
    ["\\boxed{\\boxed{7}}", "7"],
    ["\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"],
  ])("reads %j as %j", (text, answer) => expect(lastBoxed(text)).toBe(answer));

  it.each(["", "32", "\\boxed{}", "\\boxed{ \n}", "\\boxed{1", "\\boxed 1", "\\boxed{1} \\boxed{2", "\\boxed{{1}"])(
    "finds none in %j",
    (text) => expect(lastBoxed(text)).toBeNull(),
  );
});

describe("lastNumber", () => {
  it.each([
    ["#### 18", "18"],
    ["He has 12 apples and 7 pears.", "7"],
    ["It costs $1,250.50.", "1250.50"],
    ["That is 1,234,567 people", "1234567"],
    ["-3", "-3"],
    ["x = -3.5", "-3.5"],
    ["10-3", "3"],
    ["(2)-1", "1"],
    ["1,2", "2"],
    ["a half is .5", ".5"],
    ["in 2016.", "2016"],
    ["12,34", "34"],
  ])("reads %j as %j", (text, number) => expect(lastNumber(text)).toBe(number));

  it("finds none in words", () => expect(lastNumber("forty-two")).toBeNull());
});

describe("withoutDelimiters", () => {
  it.each([
    ["\\(\\frac{1}{2}\\)", "\\frac{1}{2}"],
    [" $ 5 $ ", "5"],
    ["\\( $5$ \\)", "5"],
    ["$\\(5\\)$", "\\(5\\)"],
    ["$", "$"],
    ["\\sqrt{2}", "\\sqrt{2}"],
  ])("takes them from %j", (text, bare) => expect(withoutDelimiters(text)).toBe(bare));
});
