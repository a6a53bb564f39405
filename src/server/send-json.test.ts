import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPieces } from "./send-json.ts";

test("the pieces of JSON are what JSON.stringify makes", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.object({ withNullPrototype: false }),
    fc.constant({ a: undefined, b: [undefined] }),
  );
  fc.assert(
    fc.property(value, (it) => {
      expect(Array.from(jsonPieces(it)).join("")).toBe(JSON.stringify(it) ?? "null");
    }),
  );
});

test("no piece is longer than the longest string", () => {
  const body = { cases: Array.from({ length: 50 }, () => ({ text: "\0".repeat(1000) })) };
  expect(Math.max(...Array.from(jsonPieces(body), (piece) => piece.length))).toBe(6002);
});
