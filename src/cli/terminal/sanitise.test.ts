import { describe, expect, test } from "vitest";
import { safeJson, sanitise, sanitiseLine } from "./sanitise.ts";

describe("sanitise", () => {
  test.each([
    ["plain äöü 漢字 👍🏽", "plain äöü 漢字 👍🏽"],
    ["a\tb\nc", "a\tb\nc"],
    ["\u001b[31mred\u001b[0m", "␛[31mred␛[0m"],
    ["\u001b]0;title\u0007", "␛]0;title␇"],
    ["\u001b]52;c;cGF5bG9hZA==\u001b\\", "␛]52;c;cGF5bG9hZA==␛\\"],
    ["\u009b2J", "<U+009B>2J"],
    ["over\rwritten", "over␍written"],
    ["rub\bout\u007f", "rub␈out␡"],
    ["nul\u0000", "nul␀"],
    ["if \u202e evil \u2066", "if <U+202E> evil <U+2066>"],
    ["tag \u{e0041}", "tag <U+E0041>"],
    ["zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"],
    ["half \ud800", "half \ufffd"],
  ])("%j", (raw, shown) => {
    expect(sanitise(raw)).toBe(shown);
  });

  test("one line", () => {
    expect(sanitiseLine("a\tb\r\nc\u001b")).toBe("a␉b␍⏎c␛");
  });
});

test("JSON holds nothing to obey, and is the same value", () => {
  const value = { "\u009b": ["\u001b[0m", "\u202e", "\u{e0041}", "\u007f", "ok\n"] };
  const text = safeJson(value);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|\u{e0041}/u);
  expect(JSON.parse(text)).toEqual(value);
});
