import { describe, expect, it } from "vitest";
import { gymLastBoxed, gymLastClosedBoxed, stripTextWrappers } from "./gym-boxed.ts";

describe("boxes as Gym finds them", () => {
  it.each([
    ["none", null, null],
    ["\\boxed{A}", "A", "A"],
    ["\\boxed{A} then \\boxed{B}", "B", "B"],
    ["\\boxed{\\text{A}}", "\\text{A}", "\\text{A}"],
    ["\\boxed{A} \\boxed{B", null, "A"],
    ["\\boxed{A \\boxed{B}}", "B", "B"],
    ["\\boxed{A \\boxed{B}", "B", "B"],
    ["\\boxed{}", "", ""],
    ["}{ \\boxed{x}", "x", "x"],
  ])("%j", (text, last, closed) => {
    expect(gymLastBoxed(text)).toBe(last);
    expect(gymLastClosedBoxed(text)).toBe(closed);
  });

  it("are found in time that grows with the text", () => {
    const started = performance.now();
    expect(gymLastClosedBoxed("\\boxed{".repeat(200_000))).toBeNull();
    expect(gymLastBoxed(`${"\\boxed{".repeat(200_000)}x${"}".repeat(200_000)}`)).toBe("x");
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe("wrappers of text", () => {
  it.each([
    ["\\text{ A }", "A"],
    ["\\text{\\text{A}}", "A"],
    ["\\text{A} or \\text{B}", "A} or \\text{B"],
    ["x\\text{A}", "x\\text{A}"],
  ])("%j", (text, inner) => expect(stripTextWrappers(text)).toBe(inner));
});
