import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareStdout } from "./compare-stdout.ts";
import { decimalKey } from "./decimal.ts";
import { OutputComparison } from "./output-comparison.ts";
import { pythonStrip, pythonWords } from "./python-text.ts";

const agree = (rule: object, output: string, expected: string) =>
  compareStdout(OutputComparison.parse(rule), output, expected) === null;
const message = (rule: object, output: string, expected: string) =>
  compareStdout(OutputComparison.parse(rule), output, expected)?.message;

const RULES = ["exact", "lines", "tokens", "float", "unordered_lines"] as const;

describe("OutputComparison", () => {
  it("has defaults and refuses what it does not know", () => {
    expect(OutputComparison.parse({ rule: "float" })).toEqual({
      rule: "float",
      absolute: 1e-6,
      relative: 1e-6,
      case_insensitive: false,
    });
    for (const rule of [
      {},
      { rule: "fuzzy" },
      { rule: "exact", case_insensitive: true },
      { rule: "float", absolute: -1 },
      { rule: "float", relative: 2 },
      { rule: "float", absolute: Infinity },
      { rule: "tokens", absolute: 1 },
    ]) {
      expect(OutputComparison.safeParse(rule).success, JSON.stringify(rule)).toBe(false);
    }
  });
});

describe("exact", () => {
  const rule = { rule: "exact" };

  it("counts every blank, and says so", () => {
    expect(agree(rule, "a\n", "a\n")).toBe(true);
    expect(message(rule, "a", "a\n")).toBe("the output ends early, in line 1; only white space differs");
    expect(message(rule, "a\r\nb\n", "a\nb\n")).toBe("line 1 differs from column 2 on; only white space differs");
    expect(message(rule, "a\nbc", "a\nb")).toBe("more output than expected, from line 2, column 2 on");
    expect(message(rule, "1.0", "1")).toBe("more output than expected, from line 1, column 2 on");
  });
});

describe("tokens", () => {
  const rule = { rule: "tokens" };

  it("compares words as text, whatever the layout", () => {
    expect(agree(rule, "1 2\n3", " 1\n2\t3\n")).toBe(true);
    expect(agree(rule, "", " \n")).toBe(true);
    expect(message(rule, "1 2\n3.0", "1 2 3")).toBe("token 3 differs (line 2)");
    expect(message(rule, "1", "1 2")).toBe("the output ends after 1 token, more are expected");
    expect(message(rule, "1\n2 3", "1 2")).toBe("token 3 is one too many (line 2)");
    expect(agree(rule, "12", "1 2")).toBe(false);
  });

  it("knows case unless told otherwise", () => {
    expect(agree(rule, "Yes", "YES")).toBe(false);
    expect(agree({ ...rule, case_insensitive: true }, "Yes é", "YES É")).toBe(true);
    expect(agree({ ...rule, case_insensitive: true }, "Yes", "No")).toBe(false);
  });
});

describe("float", () => {
  const rule = { rule: "float" };

  it("allows the absolute or the relative tolerance", () => {
    for (const [got, wanted] of [
      ["0.300001", "0.3"],
      ["1000001", "1000000"],
      ["1e-7", "0"],
      ["3.14159265", "3.1415927"],
      ["x 1.0", "x 1"],
      [".5", "0.5"],
      ["5.", "5"],
      ["+inf", "Infinity"],
      ["-INF", "-inf"],
      ["NaN", "-nan"],
      ["1e400", "1e400"],
    ] as const) {
      expect(agree(rule, got, wanted), `${got} for ${wanted}`).toBe(true);
    }
    for (const [got, wanted] of [
      ["0.30001", "0.3"],
      ["1000003", "1000000"],
      ["inf", "-inf"],
      ["1e308", "inf"],
      ["inf", "1"],
      ["nan", "0"],
      ["0", "nan"],
      ["1e400", "inf"],
      ["1e400", "2e400"],
      ["0x10", "16"],
      ["1_000", "1000"],
      ["٣", "3"],
      ["1,5", "1.5"],
      ["x", "y"],
      ["1 2", "1"],
    ] as const) {
      expect(agree(rule, got, wanted), `${got} for ${wanted}`).toBe(false);
    }
  });

  it("takes the tolerances of the row", () => {
    expect(agree({ rule: "float", absolute: 0.5, relative: 0 }, "1.4", "1")).toBe(true);
    expect(agree({ rule: "float", absolute: 0, relative: 0 }, "1.000001", "1")).toBe(false);
    expect(agree({ rule: "float", absolute: 0, relative: 0.01 }, "101", "100")).toBe(true);
    // Of the expected number, not of the answer.
    expect(agree({ rule: "float", absolute: 0, relative: 1 }, "300", "100")).toBe(false);
  });
});

describe("unordered_lines", () => {
  const rule = { rule: "unordered_lines" };

  it("wants the same lines as often, in any order", () => {
    expect(agree(rule, "b\n a \n1.0 2\n", "1 2\na\nb")).toBe(true);
    expect(agree(rule, "nan\n1", "1\nnan")).toBe(true);
    expect(message(rule, "a\na\nb", "a\nb\nb")).toBe("line 2 is not expected, or not as often");
    expect(message(rule, "a", "a\nb")).toBe("expected lines are missing");
    expect(message(rule, "a\nb", "a")).toBe("line 2 is not expected, or not as often");
    expect(agree({ ...rule, case_insensitive: true }, "B\na", "A\nb")).toBe(true);
  });

  it("points to a line that is too many and to one that is missing", () => {
    const difference = compareStdout(OutputComparison.parse(rule), "a\nx\nb", "b\na\ny");
    expect(difference?.got.line).toBe(2);
    expect(difference?.expected.line).toBe(3);
  });
});

const word = fc.oneof(
  fc.constantFrom("1", "1.0", "01", "-0", "0", "1e3", "1000", "nan", "inf", "x", "X", "٣", "1_0", "10"),
  fc.string({ maxLength: 4 }),
);
const gap = fc.constantFrom(" ", "\n", "\n\n", "\t", " \n ", "\u2003");
const text = fc.array(fc.tuple(gap, word), { maxLength: 8 }).map((parts) => parts.flat().join(""));

/** The rules as one would first write them. */
const REFERENCE: Record<(typeof RULES)[number], (output: string, expected: string) => boolean> = {
  exact: (output, expected) => output === expected,
  tokens: (output, expected) => JSON.stringify(pythonWords(output)) === JSON.stringify(pythonWords(expected)),
  float: (output, expected) => pairwise(pythonWords(output), pythonWords(expected), closeWords),
  lines: (output, expected) => pairwise(lines(output), lines(expected), sameLine),
  unordered_lines: (output, expected) => {
    const left = lines(expected);
    for (const line of lines(output)) {
      const at = left.findIndex((other) => sameLine(line, other));
      if (at < 0) return false;
      left.splice(at, 1);
    }
    return left.length === 0;
  },
};

function lines(value: string): string[] {
  return pythonStrip(value).split("\n").map(pythonStrip);
}

function sameLine(line: string, other: string): boolean {
  const same = (a: string, b: string) =>
    decimalKey(a) !== null && decimalKey(a) !== "nan" && decimalKey(a) === decimalKey(b);
  return line === other || pairwise(pythonWords(line), pythonWords(other), same);
}

function closeWords(a: string, b: string): boolean {
  if (a === b) return true;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const special = /^[+-]?(inf|infinity|nan)$/i;
  const read = (value: string) =>
    Number(
      value
        .toLowerCase()
        .replace(/inf(inity)?/, "Infinity")
        .replace(/[+-]?nan/, "NaN"),
    );
  if (special.test(a) && special.test(b)) return Object.is(read(a), read(b));
  if (!number.test(a) || !number.test(b)) return false;
  const [x, y] = [Number(a), Number(b)];
  return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= Math.max(1e-6, 1e-6 * Math.abs(y)) * 1.000001;
}

function pairwise(a: readonly string[], b: readonly string[], same: (a: string, b: string) => boolean): boolean {
  return a.length === b.length && a.every((value, i) => same(value, b[i] ?? ""));
}

describe.each(RULES)("%s, whatever the texts are", (rule) => {
  it("finds every text equal to itself", () => {
    fc.assert(fc.property(text, (value) => agree({ rule }, value, value)));
  });

  it("agrees with a naive implementation", () => {
    const naive = REFERENCE[rule];
    fc.assert(
      fc.property(text, text, fc.boolean(), (a, b, relaid) => {
        // Unrelated texts seldom agree: half of the time the other is the same words in another layout.
        const other = relaid ? pythonWords(a).toReversed().join("\n") : b;
        return agree({ rule }, a, other) === naive(a, other);
      }),
      { numRuns: 500 },
    );
  });

  it("never passes when a word is changed, left out or added", () => {
    const change = fc.constantFrom("change", "drop", "add");
    fc.assert(
      fc.property(fc.array(fc.nat(1e6), { minLength: 1, maxLength: 9 }), fc.nat(), change, (numbers, at, how) => {
        const index = at % numbers.length;
        const changed = numbers.flatMap((number, i) => {
          if (i !== index) return [String(number)];
          if (how === "drop") return [];
          return how === "add" ? [`${number}`, "7"] : [String(number + 2)];
        });
        const difference = compareStdout(OutputComparison.parse({ rule }), changed.join("\n"), numbers.join("\n"));
        return difference !== null;
      }),
    );
  });
});

describe("texts made to be slow", () => {
  it.each(RULES)("are compared in one pass by %s", (rule) => {
    const size = 1 << 20;
    // Quadratic work on any of these would take minutes.
    for (const [output, expected] of [
      [`a${" ".repeat(size)}b`, "a b c"],
      [`1${"0".repeat(size)}x`, "1"],
      [`1.${"0".repeat(size)}x`, "1"],
      [`1e${"0".repeat(size)}x`, "1"],
      [`${"\n ".repeat(size / 2)}x\ny`, "x"],
      ["٣".repeat(size / 8), "3"],
      ["x\n".repeat(size / 2), "y"],
      [`${"y".repeat(size)}1`, `${"y".repeat(size)}2`],
      ["y ".repeat(size / 2), `${"y ".repeat(size / 2)}z`],
    ] as const) {
      expect(agree({ rule }, output, expected)).toBe(false);
    }
  });
});
