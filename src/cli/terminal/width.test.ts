import { expect, test } from "vitest";
import { displayWidth, fit } from "./width.ts";

test.each([
  ["", 0],
  ["abc", 3],
  ["naïve", 5],
  ["nai\u0308ve", 5],
  ["漢字", 4],
  ["한", 2],
  ["👍🏽", 2],
  ["👩‍👩‍👧", 2],
  ["❤️", 2],
  ["…", 1],
])("%s is %i columns wide", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test.each([
  ["abcdef", 6, "abcdef"],
  ["abcdef", 4, "abc…"],
  ["漢字漢字", 5, "漢字…"],
  ["漢字漢字", 4, "漢…"],
  ["abc", 1, "…"],
  ["abc", 0, ""],
])("%s in %i columns", (text, width, cut) => {
  expect(fit(text, width)).toBe(cut);
});
