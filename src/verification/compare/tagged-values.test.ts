import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareValues, equalValue, sameValue } from "./compare-values.ts";
import { parsePythonJson } from "./python-json.ts";
import { parseTaggedJson } from "./tagged-json.ts";

const tagged = (tag: string, payload: string) => `{"$":"${tag}","v":${payload}}`;
const tuple = (...items: string[]) => tagged("tuple", `[${items.join()}]`);
const set = (...items: string[]) => tagged("set", `[${items.join()}]`);
const frozen = (...items: string[]) => tagged("frozenset", `[${items.join()}]`);
const dict = (...pairs: (readonly [string, string])[]) =>
  tagged("dict", `[${pairs.map((p) => `[${p.join()}]`).join()}]`);
const bytes = (text: string) => tagged("bytes", JSON.stringify(Buffer.from(text).toString("base64")));
const complex = (real: string, imaginary: string) => tagged("complex", `[${real},${imaginary}]`);

const exact = (a: string, b: string) => equalValue(parseTaggedJson(a), parseTaggedJson(b));
const gym = (a: string, b: string) => sameValue(parseTaggedJson(a), parseTaggedJson(b));

describe("equalValue", () => {
  it("holds where Python's == holds", () => {
    for (const [a, b] of [
      [tuple("1", "2.0"), tuple("true", "2")],
      [set("1", "2"), set("2.0", "1")],
      [set(tuple("1", '"a"')), set(tuple("1.0", '"a"'))],
      [set(), frozen()],
      [frozen(frozen("1"), frozen()), frozen(frozen(), frozen("1"))],
      [bytes("ab"), bytes("ab")],
      [complex("1", "2"), complex("1.0", "2.0")],
      [complex("3", "0"), "3"],
      [complex("0", "-0.0"), "false"],
      [set(complex("3", "0.0")), set("3")],
      [dict(["1", '"a"'], ["2", '"b"']), dict(["2.0", '"b"'], ["true", '"a"'])],
      [dict(['"a"', "1"]), '{"a":1}'],
      [dict([tuple("1"), "[1]"]), dict([tuple("1"), "[1]"])],
      [dict(["null", "1"]), dict(["null", "1"])],
      [dict(['"$"', "1"]), dict(['"$"', "1.0"])],
      [tagged("int", '"-ff"'), "-255"],
      [tagged("int", '"0x2540be400"'), "1e10"],
      ["NaN", "NaN"],
      [set("NaN"), set("NaN")],
      [complex("NaN", "1"), complex("NaN", "1")],
      ["-0.0", "0"],
    ] as const) {
      expect(exact(a, b), `${a} == ${b}`).toBe(true);
      expect(exact(b, a), `${b} == ${a}`).toBe(true);
      expect(gym(a, b), `${a} ~ ${b}`).toBe(true);
    }
  });

  it("fails where Python's == fails", () => {
    for (const [a, b] of [
      [tuple("1"), "[1]"],
      ["[1]", set("1")],
      [tuple("1"), set("1")],
      [set("1", "2"), set("1")],
      [set("1", "1"), set("1", "2")],
      [bytes("ab"), '"ab"'],
      [bytes("ab"), bytes("ac")],
      [complex("1", "2"), "1"],
      [complex("1", "2"), complex("2", "1")],
      [dict(["1", '"a"']), '{"1":"a"}'],
      [dict(["1", '"a"']), dict(["1", '"b"'])],
      [dict(["1", "0"], ["1", "0"]), dict(["1", "0"], ["2", "0"])],
      [set('"1"'), set("1")],
      [set("null"), set("false")],
      ["{}", set()],
      ["1.0000001", "1"],
      ["9007199254740993", "9007199254740992.0"],
      ["NaN", complex("NaN", "1")],
      [tagged("int", '"ff"'), "254"],
    ] as const) {
      expect(exact(a, b), `${a} == ${b}`).toBe(false);
      expect(exact(b, a), `${b} == ${a}`).toBe(false);
    }
  });
});

describe("sameValue of what JSON has no form for", () => {
  it("takes tuples as lists, however deep, and keys as json.dumps writes them", () => {
    for (const [a, b] of [
      [tuple("1", "2"), "[1,2]"],
      [`[${tuple("1", tuple("2"))}]`, "[[1,[2]]]"],
      [`{"a":${tuple("1")}}`, '{"a":[1]}'],
      [tuple("1.000001", "2"), "[1, 2]"],
      [dict(["1", '"a"']), '{"1":"a"}'],
      [dict(["true", "1"], ["null", "2"], ["1.5", "3"]), '{"true":1,"null":2,"1.5":3}'],
      [dict(["1.0", "0"], ["1e16", "0"], ["1e-5", "0"]), '{"1.0":0,"1e+16":0,"1e-05":0}'],
    ] as const) {
      expect(gym(a, b), `${a} ~ ${b}`).toBe(true);
      expect(exact(a, b), `${a} == ${b}`).toBe(false);
    }
  });

  it("takes no set as a list, and allows no tolerance but between numbers in lists", () => {
    for (const [a, b] of [
      [set("1", "2"), "[1,2]"],
      [frozen(), "[]"],
      [set("1.000001"), set("1")],
      [bytes("a"), '"a"'],
      [complex("1.000001", "1"), complex("1", "1")],
      ['{"a":1.000001}', '{"a":1}'],
      [dict(["1", "0"], ['"1"', "0"]), '{"1":0}'],
      [dict(["1", "0"], ['"1"', "0"]), '{"1":0,"2":0}'],
      [dict([tuple("1"), "0"]), '{"[1]":0}'],
    ] as const) {
      expect(gym(a, b), `${a} ~ ${b}`).toBe(false);
    }
  });

  it("is chosen by name", () => {
    const [got, expected] = [parseTaggedJson(tuple("1")), parsePythonJson("[1]")];
    expect(compareValues("gym", got, expected)).toBe(true);
    expect(compareValues("exact", got, expected)).toBe(false);
  });

  it("takes no longer for dicts in dicts", () => {
    const nest = (inner: string) => Array.from({ length: 190 }).reduce<string>((all) => dict(["1", all]), inner);
    expect(gym(nest("1"), nest("2"))).toBe(false);
    expect(gym(nest("1"), nest("1"))).toBe(true);
  });
});

describe("parseTaggedJson", () => {
  it("reads plain JSON as parsePythonJson does", () => {
    const plain = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"$"'));
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value);
        expect(parseTaggedJson(text)).toEqual(parsePythonJson(text));
      }),
    );
  });

  it("reads integers longer than Python writes in decimal", () => {
    const value = 16n ** 20_000n - 1n;
    expect(parseTaggedJson(tagged("int", `"${value.toString(16)}"`))).toBe(value);
    expect(() => parseTaggedJson(tagged("int", `"${"f".repeat((1 << 17) + 1)}"`))).toThrow(/more than/);
    expect(() => parseTaggedJson("1".repeat(5_000))).toThrow(/more than/);
  });

  it("refuses unknown tags, other payloads and what Python cannot hash", () => {
    for (const text of [
      '{"$":"tuple"}',
      '{"$":"tuple","v":[],"w":1}',
      '{"$":1,"v":[]}',
      tagged("list", "[]"),
      tagged("tuple", "1"),
      tagged("set", "{}"),
      tagged("bytes", '"a"'),
      tagged("bytes", '"YW=="'),
      tagged("bytes", "[1]"),
      tagged("complex", "[1]"),
      tagged("complex", '[1,"2"]'),
      tagged("complex", "[1,2,3]"),
      tagged("int", '"g"'),
      tagged("int", '""'),
      tagged("int", "255"),
      tagged("dict", "[1]"),
      tagged("dict", "[[1]]"),
      tagged("dict", "[[1,2,3]]"),
      set("[]"),
      set("{}"),
      set(set()),
      set(tuple("[]")),
      frozen(dict(["1", "1"])),
      dict(["[1]", "1"]),
    ]) {
      expect(() => parseTaggedJson(text), text).toThrow(SyntaxError);
    }
  });

  it("refuses depths that would overflow, of values and not of their text", () => {
    const nest = (depth: number, wrap: (inner: string) => string) =>
      Array.from({ length: depth }).reduce<string>(wrap, "1");
    for (const wrap of [(v: string) => tuple(v), (v: string) => dict(["1", v]), (v: string) => `[${v}]`]) {
      const deep = nest(200, wrap);
      expect(exact(deep, deep)).toBe(true);
      expect(() => parseTaggedJson(nest(201, wrap))).toThrow(/nested deeper/);
    }
    expect(() => parseTaggedJson("[".repeat(100_000))).toThrow(SyntaxError);
  });
});
