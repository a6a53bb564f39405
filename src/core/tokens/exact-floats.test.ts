import fc from "fast-check";
import { expect, it } from "vitest";
import { exactFloats } from "./exact-floats.ts";

it("keeps every number as it was given, in half the memory where that is enough", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.float(), fc.double(), fc.constant(-0))), (numbers) => {
      expect(Array.from(exactFloats(numbers))).toEqual(numbers);
    }),
  );
  expect(exactFloats([-0.5, Math.fround(-0.1)])).toBeInstanceOf(Float32Array);
  expect(exactFloats([-0.5, -0.1])).toBeInstanceOf(Float64Array);
});
