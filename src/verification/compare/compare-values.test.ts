import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameValue } from "./compare-values.ts";
import { parsePythonJson } from "./python-json.ts";

const same = (got: string, expected: string) => sameValue(parsePythonJson(got), parsePythonJson(expected));

describe("sameValue", () => {
  it("agrees with Python's ==", () => {
    for (const [a, b] of [
      ["1", "1.0"],
      ["true", "1"],
      ["[0,1]", "[0,1]"],
      ['{"a":1,"b":[2]}', '{"b":[2],"a":1}'],
      ["9007199254740993", "9007199254740993"],
      ["null", "null"],
      ['"\\ud800"', '"\\ud800"'],
    ] as const) {
      expect(same(a, b), `${a} == ${b}`).toBe(true);
    }
    for (const [a, b] of [
      ["9007199254740993", "9007199254740992"],
      ['"1"', "1"],
      ["null", "0"],
      ["null", "false"],
      ["[]", "{}"],
      ["[1,2]", "[2,1]"],
      ["[1]", "1"],
      ['{"a":1}', '{"a":1,"b":1}'],
      ['""', "[]"],
    ] as const) {
      expect(same(a, b), `${a} == ${b}`).toBe(false);
    }
  });

  it("allows numpy's tolerance for floats of the same shape, and nothing for others", () => {
    expect(same("0.30000000000000004", "0.3")).toBe(true);
    expect(same("[1.000001, 2]", "[1, 2]")).toBe(true);
    expect(same("1.0000000000000002e22", "1e22")).toBe(true);
    expect(same("100001", "100000.0")).toBe(true);
    expect(same("100001", "100000")).toBe(false);
    expect(same("1.001", "1")).toBe(false);
    expect(same("[1, 1]", "1")).toBe(false);
    expect(same("[[1, 2]]", "[1, 2]")).toBe(false);
    expect(same("Infinity", "1e308")).toBe(false);
  });

  it("takes NaN as itself and as nothing else", () => {
    expect(same("NaN", "NaN")).toBe(true);
    for (const other of ["0", "null", "Infinity", '"NaN"']) expect(same("NaN", other)).toBe(false);
  });

  it("is reflexive for everything JSON can say", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => same(JSON.stringify(value), JSON.stringify(value))));
  });
});

describe("parsePythonJson", () => {
  it("reads JSON as JSON.parse does, big integers exactly", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(plain(parsePythonJson(text))).toEqual(JSON.parse(text));
      }),
    );
    expect(parsePythonJson("-18446744073709551617")).toBe(-18446744073709551617n);
  });

  it("refuses what Python refuses, and depths that would overflow", () => {
    for (const text of ["", "[1,]", "{1:2}", "01", "+1", "'x'", "[1] 2", '"\n"', "nan", '{"a" 1}']) {
      expect(() => parsePythonJson(text), text).toThrow(SyntaxError);
    }
    expect(() => parsePythonJson("[".repeat(100_000))).toThrow(SyntaxError);
  });
});

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, member]) => [key, plain(member)]));
  if (Array.isArray(value)) return value.map(plain);
  // Integers beyond 2^53 come as bigint; JSON.parse rounds them.
  return typeof value === "bigint" ? Number(value) : value;
}
