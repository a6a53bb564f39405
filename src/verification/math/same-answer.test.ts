import { describe, expect, it } from "vitest";
import { sameAnswer } from "./same-answer.ts";

describe("sameAnswer", () => {
  it.each([
    ["32", "32"],
    ["32", "\\(32\\)"],
    ["\\sqrt{2}", "$\\sqrt{2}$"],
    ["\\text{ yes }", "yes"],
    ["a  b\nc", "a b c"],
    ["42.0", "42"],
    [".5", "0.5"],
    ["1e3", "1_000"],
    ["1000000", "1000000.9"],
    ["٣", "3"],
    ["inf", "inf"],
    ["nan", "nan"],
  ])("takes %j for %j", (answer, expected) => expect(sameAnswer(answer, expected)).toBe(true));

  it.each([
    ["31", "32"],
    ["1/2", "0.5"],
    ["\\frac{1}{2}", "1/2"],
    ["1,000", "1000"],
    ["0x10", "16"],
    ["1__0", "10"],
    ["", "0"],
    ["1.00001", "1"],
    ["inf", "infinity-1"],
    ["nan", "NaN"],
    ["inf", "-inf"],
  ])("does not take %j for %j", (answer, expected) => expect(sameAnswer(answer, expected)).toBe(false));
});
