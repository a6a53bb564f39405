import { describe, expect, it } from "vitest";
import { sameOutput } from "./compare-stdout.ts";

describe("CommonOJ's comparison", () => {
  it.each([
    ["Yes\n", "yes"],
    [" 1 \r\n2", "1\n2\n\n"],
    ["1.000009", "1"],
    ["1000001", "1000000"],
    ["1e-16", "0"],
    ["NaN", "nan"],
    ["", " \n"],
  ])("passes %j for %j", (output, expected) => expect(sameOutput(output, expected)).toBe(true));

  it.each([
    ["1.00001", "1"],
    ["a\n\nb", "a\nb"],
    ["1 2", "1.0 2.0"],
    ["inf", "infinity"],
    ["", "0"],
    ["-1", "1"],
  ])("does not pass %j for %j", (output, expected) => expect(sameOutput(output, expected)).toBe(false));
});
