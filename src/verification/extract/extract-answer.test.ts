import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerExtraction, extractAnswer } from "./extract-answer.ts";

const take = (strategy: AnswerExtraction, text: string, marker?: string) =>
  extractAnswer(strategy, text, marker === undefined ? {} : { marker }).answer;

describe("boxed", () => {
  it("takes what is in the last box, braces included", () => {
    expect(take("boxed", "\\boxed{1} and \\boxed{2}.")).toBe("2");
    expect(take("boxed", "$\\boxed{\\frac{1}{2}}$")).toBe("\\frac{1}{2}");
    expect(take("boxed", "\\boxed{1} \\fbox{ 3 }")).toBe("3");
    expect(take("boxed", "\\boxed {x}")).toBe("x");
    expect(take("boxed", "\\boxed{\\{1, 2\\}}")).toBe("\\{1, 2\\}");
    expect(take("boxed", "\\boxed{a}} {")).toBe("a");
    expect(take("boxed", "\\boxed{1} is how \\boxed works, not \\boxedx{2}")).toBe("1");
  });

  it("takes nothing from a box that is not closed, or empty, or within reasoning", () => {
    for (const text of [
      "\\boxed{1",
      "\\boxed{1} \\boxed{\\frac{1}{2}",
      "\\boxed{ }",
      "boxed{1}",
      "\\boxed 5",
      "none",
    ]) {
      expect(take("boxed", text), text).toBeNull();
    }
    expect(take("boxed", "<think>\\boxed{1}</think> I do not know.")).toBeNull();
    expect(extractAnswer("boxed", "").problem).toBe("the answer is empty");
  });

  it("gives back whatever is balanced", () => {
    const nested = fc.letrec<{ part: string }>((tie) => ({
      part: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("a", "\\{", "\\}", "\\\\", "^2"),
        tie("part").map((p) => `{${p}}`),
      ),
    })).part;
    fc.assert(
      fc.property(fc.array(nested, { minLength: 1 }), (parts) => {
        const inner = parts.join("");
        expect(take("boxed", `\\boxed{0} so \\boxed{${inner}} }{`)).toBe(inner);
      }),
    );
  });
});

describe("last_number", () => {
  it("takes the last number of the text", () => {
    for (const [text, number] of [
      ["first 3, then 4.", "4"],
      ["it is -12.5!", "-12.5"],
      ["x=\u22127", "-7"],
      ["10-4", "4"],
      ["(3)-4", "4"],
      ["$1,234,567.80 in all", "1234567.80"],
      ["1,2,3", "3"],
      ["6.02e23 of x2", "6.02e23"],
      ["50% of v1.5", "50"],
      ["=.5", ".5"],
      ["**18**", "18"],
    ] as const) {
      expect(take("last_number", text), text).toBe(number);
    }
    expect(extractAnswer("last_number", "none at all")).toEqual({ answer: null, problem: "the answer has no number" });
  });
});

describe("gsm8k", () => {
  it("takes the number behind the first ####", () => {
    expect(take("gsm8k", "so 9 * 2 = 18\n#### 18")).toBe("18");
    expect(take("gsm8k", "#### $1,234.50\n#### 2")).toBe("1234.50");
    expect(take("gsm8k", "#### Step\n####-3.")).toBe("-3");
    expect(take("gsm8k", "### 18")).toBeNull();
    expect(take("gsm8k", "#### none")).toBeNull();
  });
});

describe("after_marker", () => {
  it("takes the line behind the last marker, without emphasis", () => {
    expect(take("after_marker", "Answer: 1\nAnswer: x + 1 \nBye")).toBe("x + 1");
    expect(take("after_marker", "**Answer:** `42`\n")).toBe("42");
    expect(take("after_marker", "Answer:\n\n42")).toBe("42");
    expect(take("after_marker", "Final: B", "Final:")).toBe("B");
    expect(take("after_marker", "Answer: **\n")).toBeNull();
    expect(take("after_marker", "answer: 3")).toBeNull();
  });
});

describe("texts made to be slow", () => {
  it("are gone over once by every strategy", () => {
    const size = 1 << 20;
    for (const text of [
      "\\boxed".repeat(size / 8),
      "\\boxed{".repeat(size / 8),
      `\\boxed${" ".repeat(size)}`,
      `\\boxed${"x".repeat(size)}`,
      "\\boxed ".repeat(size / 8),
      "1".repeat(size),
      `x${"1".repeat(size)}`,
      "1,".repeat(size / 2),
      `1${",234".repeat(size / 4)}5`,
      "1.".repeat(size / 2),
      "1e".repeat(size / 2),
      "#".repeat(size),
      `####${" ".repeat(size)}`,
      "#### ".repeat(size / 8),
      `#### ${"1,".repeat(size / 2)}x`,
      "Answer:".repeat(size / 8),
      `Answer:${" *".repeat(size / 2)}`,
    ]) {
      for (const strategy of ["boxed", "last_number", "gsm8k", "after_marker"] as const) extractAnswer(strategy, text);
    }
  });
});
