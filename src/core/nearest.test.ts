import { expect, it } from "vitest";
import { nearestName } from "./nearest.ts";

it("finds the name that was probably meant, and none when nothing is near", () => {
  expect(nearestName("cod_gen", ["math_with_code", "code_gen"])).toBe("code_gen");
  expect(nearestName("Concurency", ["concurrency", "currency"])).toBe("concurrency");
  expect(nearestName("zzz", ["code_gen"])).toBeUndefined();
  expect(nearestName("", ["a"])).toBe("a");
});
