import { describe, expect, it } from "vitest";
import { extractGymCode } from "./gym-last-two-fences.ts";

describe("extractGymCode", () => {
  it("takes the text between the last two lines with a fence", () => {
    expect(extractGymCode("a\n```python\nx = 1\ny = 2\n```\nb").code).toBe("x = 1\ny = 2");
    expect(extractGymCode("```\nfirst\n```\ntext\n```js\nsecond\n```").code).toBe("second");
    expect(extractGymCode("```\n```").code).toBe("");
    // Gym's rule counts lines, not pairs: after an unclosed fence the prose between the last two is taken.
    expect(extractGymCode("```\ncode\n```\nprose\n```python\nunfinished").code).toBe("prose");
  });

  it("finds nothing in an answer without two fence lines", () => {
    expect(extractGymCode("")).toEqual({ code: null, problem: "the answer is empty" });
    expect(extractGymCode(" \n")).toMatchObject({ code: null });
    expect(extractGymCode("print(1)")).toMatchObject({ code: null, problem: "the answer has no fenced code block" });
    expect(extractGymCode("```python print(1) ```")).toMatchObject({ code: null });
  });
});
