import { expect, test } from "vitest";
import { anyNumber, label, nameList, truncatedWorth, wholeNumber } from "./option-values.ts";

test("numbers", () => {
  expect([wholeNumber()("0"), wholeNumber(1)("16"), anyNumber("-0.5"), anyNumber("1e3")]).toEqual([0, 16, -0.5, 1000]);
  for (const text of ["", "-1", "1.5", "0x10", "1e3", "9".repeat(16), "0"])
    expect(() => wholeNumber(1)(text)).toThrow("whole number from 1");
  for (const text of ["", " ", "x", "Infinity"]) expect(() => anyNumber(text)).toThrow("a number");
});

test("lists and labels", () => {
  expect(nameList("c", nameList("a, b,"))).toEqual(["a", "b", "c"]);
  expect(() => nameList(",")).toThrow("separated by commas");
  expect(label("k=v=w", label("a="))).toEqual({ a: "", k: "v=w" });
  expect(() => label("=v")).toThrow("key=value");
});

test("what truncated is worth", () => {
  expect(["score", "mask", "-1"].map(truncatedWorth)).toEqual(["score", "mask", { value: -1 }]);
  expect(() => truncatedWorth("maks")).toThrow("score, mask or a number");
});
