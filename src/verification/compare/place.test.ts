import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareStdout } from "./compare-stdout.ts";
import { DEFAULT_COMPARISON, OutputComparison } from "./output-comparison.ts";
import { placeAt, showPlace } from "./place.ts";

describe("placeAt", () => {
  it("gives line, column and two lines around", () => {
    const place = placeAt("a\nb\nc\nxyz\nd\ne\nf", 8);
    expect(place).toEqual({ line: 4, column: 3, firstLine: 2, excerpt: ["b", "c", "xyz", "d", "e"], caret: 2 });
    expect(showPlace(place)).toBe("2 | b\n3 | c\n4 | xyz\n  |   ^\n5 | d\n6 | e");
  });

  it("marks its point below it, behind tabs and pairs of surrogates, too", () => {
    expect(showPlace(placeAt("a\t😀b", 4))).toBe("1 | a\t😀b\n  |  \t ^");
  });

  it("knows both ends of a text", () => {
    expect(placeAt("", 0)).toEqual({ line: 1, column: 1, firstLine: 1, excerpt: [""], caret: 0 });
    expect(placeAt("\nb", 0)).toMatchObject({ line: 1, column: 1, excerpt: ["", "b"] });
    expect(placeAt("a\n", 2)).toMatchObject({ line: 2, column: 1, excerpt: ["a", ""] });
  });

  it("cuts long lines around the point, and no character in two", () => {
    const { column, excerpt, caret } = placeAt(`${"😀".repeat(500)}x${"y".repeat(500)}`, 1000);
    expect(column).toBe(501);
    expect(excerpt[0]?.charAt(caret)).toBe("x");
    expect(excerpt[0]).toMatch(/^…(?:😀){40}xy+…$/u);
  });

  it("is bounded, and its caret points at the unit, whatever the text", () => {
    const unit = fc.constantFrom("a", "\n", "😀", "\ud800", "\udc00");
    const texts = fc.array(fc.tuple(unit, fc.nat(300)), { maxLength: 9 });
    fc.assert(
      fc.property(texts, fc.nat(), (parts, at) => {
        const text = parts.map(([piece, times]) => piece.repeat(times)).join("");
        const offset = at % (text.length + 1);
        const place = placeAt(text, offset);
        const line = place.excerpt[place.line - place.firstLine] ?? "";
        expect(place.excerpt.join("\n").length).toBeLessThan(5 * 170);
        if (offset < text.length && text[offset] !== "\n") expect(line[place.caret]).toBe(text[offset]);
        expect(place.line).toBe(text.slice(0, offset).split("\n").length);
      }),
    );
  });
});

describe("a difference", () => {
  it("shows where both sides part, counted in the text as it was written", () => {
    const found = compareStdout(DEFAULT_COMPARISON, "\n\n1 2\n3 4 5\n6", "1.0 2\n3 4 7\n6");
    expect(found?.message).toBe("line 4 differs");
    expect(found?.got).toMatchObject({ line: 4, column: 5 });
    expect(found?.expected).toMatchObject({ line: 2, column: 5, excerpt: ["1.0 2", "3 4 7", "6"] });
  });

  it("tells nothing of the expected text but in `expected`", () => {
    for (const rule of ["exact", "tokens", "float", "lines", "unordered_lines"]) {
      const comparison = OutputComparison.parse({ rule });
      const { expected, ...shown } = compareStdout(comparison, "1\n2\n3", "1\nSECRET\n3") ?? { expected: null };
      expect(JSON.stringify(expected)).toContain("SECRET");
      expect(JSON.stringify(shown)).not.toContain("SECRET");
    }
  });

  it("points to where one line ends before the other", () => {
    const found = compareStdout(DEFAULT_COMPARISON, "1.0 2 3", "1 2");
    expect(found?.got.column).toBe(7);
    expect(found?.expected.column).toBe(4);
  });
});
