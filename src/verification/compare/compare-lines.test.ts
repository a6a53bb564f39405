import { describe, expect, it } from "vitest";
import { compareLines } from "./compare-lines.ts";
import { decimalKey } from "./decimal.ts";

const compareOutput = (output: string, expected: string) => compareLines(output, expected, false)?.message ?? null;
const agree = (output: string, expected: string) => compareOutput(output, expected) === null;

describe("compareLines", () => {
  it("ignores white space at the edges of the output and of each line", () => {
    expect(agree("  6 \n\n", "6")).toBe(true);
    expect(agree("a \n b\t\n", "a\nb")).toBe(true);
    expect(agree("\u2003x\u0085", "x")).toBe(true);
    // Python's strip() keeps a byte order mark.
    expect(agree("\ufeffx", "x")).toBe(false);
  });

  it("wants as many lines as expected", () => {
    expect(compareOutput("1\n2", "1\n2\n3")).toBe("2 lines of output, 3 expected");
    expect(compareOutput("", "1")).toBe("line 1 differs");
    expect(agree("1\n\n2", "1\n2")).toBe(false);
    // NeMo Gym's recorded case: one line of many numbers against many lines.
    expect(compareOutput("1 2 3\n1 2", "1 2 3 1 2")).toBe("2 lines of output, 1 expected");
  });

  it("compares words as exact decimals, without tolerance", () => {
    for (const [a, b] of [
      ["1.0", "1.00"],
      ["1e3", "1000"],
      ["-0", "0"],
      ["+5", "5"],
      ["1_000", "1000"],
      [".5", "0.50"],
      ["inf", "Infinity"],
      ["٣", "3"],
      ["1e400", "10e399"],
    ] as const) {
      expect(agree(a, b), `${a} = ${b}`).toBe(true);
    }
    for (const [a, b] of [
      ["1.0000001", "1"],
      ["nan", "NaN"],
      ["-inf", "inf"],
      ["0x10", "16"],
      ["1,000", "1000"],
      ["1 2", "12"],
      ["two", "Two"],
      ["１a", "1a"],
      ["", "0"],
      ["0.1", "0.10000000000000001"],
    ] as const) {
      expect(agree(a, b), `${a} = ${b}`).toBe(false);
    }
  });

  it("takes equal text as equal, whatever it says", () => {
    expect(agree("nan", "nan")).toBe(true);
    expect(agree("Yes it is", "Yes it is")).toBe(true);
    expect(agree("YES", "yes")).toBe(false);
  });

  it("is not bought by an answer that contains every answer", () => {
    expect(agree("1\n2\n3\n4", "3")).toBe(false);
    expect(agree("1 2 3 4", "3")).toBe(false);
  });
});

describe("decimalKey", () => {
  it("has one key for each number, and none for what is no number", () => {
    expect(decimalKey("1e999999999999999999")).toBe(decimalKey("10e999999999999999998"));
    expect(decimalKey("00120")).toBe(decimalKey("1.2e2"));
    for (const word of ["", ".", "e5", "1e", "--1", "1e1.5", "Infinite"]) expect(decimalKey(word), word).toBeNull();
  });
});

describe("texts made to be slow", () => {
  it("are compared in one pass", () => {
    const size = 4 << 20;
    // Quadratic work on any of these would take hours.
    const inner = `a${" ".repeat(size)}b`;
    expect(compareOutput(inner, "a b")).toBe("line 1 differs");
    expect(compareOutput(`1${"0".repeat(size)}1`, "1")).toBe("line 1 differs");
    expect(compareOutput(`${"\n ".repeat(size / 2)}x`, "x")).toBeNull();
    expect(compareOutput("٣".repeat(size / 8), "3")).toBe("line 1 differs");
  });
});
