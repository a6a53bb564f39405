import { describe, expect, it } from "vitest";
import { parsePythonJson, PythonJsonError } from "./python-json.ts";

function refusal(text: string): [string, number] {
  try {
    parsePythonJson(text);
  } catch (error) {
    if (error instanceof PythonJsonError) return [error.message, error.position];
  }
  throw new Error(`${text} was taken`);
}

describe("parsePythonJson", () => {
  it("takes what json.loads takes beyond JSON", () => {
    expect(parsePythonJson(' {"a": NaN, "b": [Infinity, -Infinity, {}], "a": 1, "c": "\\u00e9\\n"} ')).toEqual({
      a: 1,
      b: [Infinity, -Infinity, {}],
      c: "é\n",
    });
    expect(parsePythonJson("[NaN, [], -1.5e3]")).toEqual([NaN, [], -1500]);
  });

  it("does not let a key reach a prototype", () => {
    const value = parsePythonJson('{"__proto__": {"x": NaN}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
  });

  // Expected values are those of CPython 3.11.
  it.each([
    ["", "Expecting value", 0],
    ['{"a": }', "Expecting value", 6],
    ["{'a': 1}", "Expecting property name enclosed in double quotes", 1],
    ['{"a": 1,}', "Expecting property name enclosed in double quotes", 8],
    ['{"a" 1}', "Expecting ':' delimiter", 5],
    ['{"a": 1 "b"', "Expecting ',' delimiter", 8],
    ["[1 2]", "Expecting ',' delimiter", 3],
    ["[1,]", "Expecting value", 3],
    ["[1", "Expecting ',' delimiter", 2],
    ["{", "Expecting property name enclosed in double quotes", 1],
    ["[", "Expecting value", 1],
    ["1 2", "Extra data", 2],
    ['"abc', "Unterminated string starting at", 0],
    ['["a\nb"]', "Invalid control character at", 3],
    ['"\\x"', "Invalid \\escape", 1],
    ['"\\u12g4"', "Invalid \\uXXXX escape", 2],
    ['["😀", x]', "Expecting value", 6],
  ])("says of %s: %s, at %i", (text, reason, position) => {
    expect(refusal(text)).toEqual([reason, position]);
  });
});
