import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinElements, joinMembers, rawElements, rawMembers } from "./raw.ts";

/** JSON text with white space wherever JSON allows it. */
const spaced = fc
  .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"))
  .map(([value, space]) => JSON.stringify(value, null, space));

describe("raw JSON", () => {
  it("takes objects and arrays apart into texts that parse to the same values", () => {
    fc.assert(
      fc.property(spaced, (text) => {
        const value = JSON.parse(text) as unknown;
        if (Array.isArray(value)) expect(rawElements(text).map((raw) => JSON.parse(raw) as unknown)).toEqual(value);
        else if (typeof value === "object" && value !== null) {
          const members = Array.from(rawMembers(text), ([key, raw]) => [key, JSON.parse(raw) as unknown] as const);
          // Compared as entries: assigning to the key "__proto__" of an object literal would not make a member.
          expect(members).toEqual(Object.entries(value));
        }
      }),
    );
  });

  it("keeps what parsing would lose", () => {
    const text =
      '{ "big": 9007199254740993, "zero": 0.0, "lone": "\\ud800", "null": null, "b": 1, "a": [1.50, {"x": -0.0}] }';
    expect(joinMembers(rawMembers(text))).toBe(
      '{"big":9007199254740993,"zero":0.0,"lone":"\\ud800","null":null,"b":1,"a":[1.50, {"x": -0.0}]}',
    );
    expect(joinElements(rawElements('[1e400 , 0.10,"]\\"",[ ]]'))).toBe('[1e400,0.10,"]\\"",[ ]]');
  });

  it("takes lists apart that mix numbers with what has brackets of its own", () => {
    const text = '{"a":[1,"]",2],"b":[1,[2],{"c":"]"}],"d":[1,2],"e":[3]}';
    expect([...rawMembers(text).values()]).toEqual(['[1,"]",2]', '[1,[2],{"c":"]"}]', "[1,2]", "[3]"]);
  });

  it("takes the last of duplicate keys, as JSON.parse does", () => {
    expect(rawMembers('{"a":1,"a":2}').get("a")).toBe("2");
  });

  it("refuses text that is not the container it was asked for", () => {
    for (const text of ["", "1", '"x"', "[]"]) expect(() => rawMembers(text)).toThrow(TypeError);
    expect(() => rawElements("{}")).toThrow(TypeError);
  });

  it("costs no stack, however deep the text is", () => {
    const depth = 100_000;
    expect(rawElements(`[${"[".repeat(depth)}${"]".repeat(depth)}]`)).toHaveLength(1);
  });
});
