import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Utf8Chunks } from "./utf8-chunks.ts";

/** Cuts bytes into chunks at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const places = fc.array(fc.nat(60), { maxLength: 12 });

test("text stays text in every chunk, wherever it is cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), places, (text, where) => {
      const chunks = new Utf8Chunks();
      const parts = [...cut(Buffer.from(text), where).map((chunk) => chunks.take(chunk)), chunks.end()];
      expect(parts.every((part) => isUtf8(part))).toBe(true);
      expect(Buffer.concat(parts).toString()).toBe(text);
    }),
  );
});

test("bytes that are no text come out all the same", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), places, (given, where) => {
      const bytes = Buffer.from(given);
      const chunks = new Utf8Chunks();
      const parts = [...cut(bytes, where).map((chunk) => chunks.take(chunk)), chunks.end()];
      expect(Buffer.concat(parts)).toEqual(bytes);
      expect(chunks.end()).toHaveLength(0);
    }),
  );
});
