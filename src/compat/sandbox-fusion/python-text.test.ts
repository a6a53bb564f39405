import { describe, expect, it } from "vitest";
import { pythonFloat } from "./python-number.ts";
import { pythonRepr } from "./python-repr.ts";

describe("pythonFloat", () => {
  it.each([
    ["1", 1],
    [" 1e3\n", 1000],
    ["1_000.5_0", 1000.5],
    [".5", 0.5],
    ["5.", 5],
    ["-Infinity", -Infinity],
    ["+inf", Infinity],
    ["nan", NaN],
    ["１", 1],
  ])("reads %j", (text, value) => expect(pythonFloat(text)).toEqual(value));

  it.each(["", "0x10", "1__0", "_1", "1_", "1 2", "1e", ".", "e5", "infinit"])("refuses %j", (text) =>
    expect(pythonFloat(text)).toBeNull(),
  );

  it("takes time in proportion to a long text", () => {
    expect(pythonFloat(`${"1".repeat(2_000_000)}x`)).toBeNull();
    expect(pythonFloat(`${"1_".repeat(1_000_000)}x`)).toBeNull();
  });
});

describe("pythonRepr", () => {
  it.each([
    ["a'b", `"a'b"`],
    [`a'b"c`, `'a\\'b"c'`],
    ["\\ \n\t\r\0", "'\\\\ \\n\\t\\r\\x00'"],
    ["é漢\u00a0\u2028", "'é漢\\xa0\\u2028'"],
    ["\u{e0001}", "'\\U000e0001'"],
  ])("of %j", (text, expected) => expect(pythonRepr(text)).toBe(expected));
});
