import { expect, test } from "vitest";
import { NORMAL_95, studentT95 } from "./student-t.ts";

// From scipy.stats.t.ppf(0.975, df).
test.each([
  [1, 12.706204736174698],
  [2, 4.302652729696142],
  [3, 3.182446305284263],
  [5, 2.5705818366147395],
  [10, 2.2281388519649385],
  [30, 2.0422724563012373],
  [99, 1.9842169515086827],
  [1_000, 1.9623390808264078],
])("the 97.5 %% point of t with %i degrees of freedom", (freedom, expected) => {
  expect(Math.abs(studentT95(freedom) / expected - 1)).toBeLessThan(1e-9);
});

test("it comes down to the normal distribution's", () => {
  expect(studentT95(100_000)).toBeGreaterThan(NORMAL_95);
  expect(Math.abs(studentT95(100_000) - NORMAL_95)).toBeLessThan(5e-5);
  expect(studentT95(2_000_000)).toBe(NORMAL_95);
});
