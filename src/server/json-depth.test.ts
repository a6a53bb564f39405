import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDepth, MAX_JSON_DEPTH } from "./json-depth.ts";

const open = "[".repeat(MAX_JSON_DEPTH);
const close = "]".repeat(MAX_JSON_DEPTH);

function isRefused(text: string): boolean {
  try {
    checkDepth(text);
    return false;
  } catch {
    return true;
  }
}

test("the bound itself passes, one more does not, in arrays and objects", () => {
  expect(isRefused(open + close)).toBe(false);
  expect(isRefused(`[${open}${close}]`)).toBe(true);
  expect(isRefused('{"a":'.repeat(MAX_JSON_DEPTH + 1))).toBe(true);
  expect(isRefused("[],".repeat(10_000))).toBe(false);
});

test("what stands in strings does not count, whatever they escape", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "a", "é") }), (text) => {
      const string = JSON.stringify(text + "[{".repeat(MAX_JSON_DEPTH));
      expect(isRefused(`[${string}, ${string}]`)).toBe(false);
      expect(isRefused(`[${string}, ${open}${close}]`)).toBe(true);
      expect(isRefused(`${open}${string}${close}`)).toBe(false);
    }),
  );
});

test("a string without an end is left to the parser", () => {
  for (const text of ['"', '"\\"', '{"a": "[[[[']) expect(isRefused(text)).toBe(false);
});
