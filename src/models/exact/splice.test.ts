import { describe, expect, it } from "vitest";
import { continues, splice } from "./splice.ts";

const END = 9;
const BREAK = 7;

describe("a prompt that goes on with what was sampled", () => {
  it("has what the template renders after the answer behind the ids of the answer", () => {
    const before = [1, 2, END, BREAK, 3, 41, 42, END, BREAK];
    const renderings = { before, now: [...before, 5, 6, END, BREAK, 3] };
    const sampled = [1, 2, END, BREAK, 3, 4, END];
    expect(splice(sampled, renderings)).toEqual([...sampled, BREAK, 5, 6, END, BREAK, 3]);
  });

  it("cannot be made where the template renders the past otherwise than before", () => {
    expect(splice([1, 4, END], { before: [1, 4, END], now: [1, END, 5] })).toBeNull();
  });

  it("cannot be made where the answer's end is not to be seen", () => {
    expect(splice([1, 4], { before: [1, 5, END], now: [1, 5, END, 6] })).toBeNull();
    expect(splice([], { before: [], now: [1] })).toBeNull();
    const farBack = [1, 4, 5, 6, 7, 8, END];
    expect(splice([1, 4], { before: farBack, now: [...farBack, 2] })).toBeNull();
  });

  it("is one already where the template renders just these ids", () => {
    expect(continues([1, 2], [1, 2, 3])).toBe(true);
    expect(continues([1, 2], [1, 3])).toBe(false);
    expect(continues([1, 2], [1])).toBe(false);
  });
});
