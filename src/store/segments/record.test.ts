import { crc32, gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeRecord, encodeRecord, HEADER_BYTES } from "./record.ts";

const read = (bytes: Buffer) => decodeRecord(bytes, "here");
const corrupt = { code: "storage_corrupt" };

/** Parts as a conversation makes them: each is an earlier one with bytes put in, taken out or put at its end. */
const conversation = fc
  .record({
    seed: fc.uint8Array({ minLength: 200, maxLength: 40_000 }),
    edits: fc.array(
      fc.record({
        of: fc.nat(5),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        drop: fc.nat(3000),
        add: fc.uint8Array({ maxLength: 300 }),
        kind: fc.constantFrom("request", "response"),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ seed, edits }) => {
    const parts: [string, Buffer][] = [["request/0", Buffer.from(seed)]];
    for (const [i, { of, at, drop, add, kind }] of edits.entries()) {
      const [, base] = parts[Math.max(0, parts.length - 1 - of)] ?? ["", Buffer.alloc(0)];
      const cut = Math.floor(at * base.length);
      parts.push([`${kind}/${i + 1}`, Buffer.concat([base.subarray(0, cut), add, base.subarray(cut + drop)])]);
    }
    return new Map(parts);
  });

describe("a record", () => {
  test("comes back exactly, whatever its parts have in common", async () => {
    const property = fc.asyncProperty(conversation, async (parts) => {
      expect(await read(await encodeRecord(parts))).toEqual(parts);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("does not repeat a history beyond gzip's window", async () => {
    const noise = fc.sample(fc.uint8Array({ minLength: 100_000, maxLength: 100_000 }), { numRuns: 1, seed: 1 });
    const history = Buffer.from(noise[0] ?? []);
    const turn = (n: number) => Buffer.concat([Buffer.from(`{"id":${n},"said":`), history, Buffer.from(`,${n}]}`)]);
    const once = await encodeRecord(new Map([["request/0", turn(0)]]));
    const often = await encodeRecord(new Map(Array.from({ length: 20 }, (_, n) => [`request/${n}`, turn(n)])));
    expect(often.length).toBeLessThan(once.length + 2_000);
  });

  test("finds what two conversations repeat that take turns", async () => {
    const noise = (seed: number) =>
      Buffer.from(fc.sample(fc.uint8Array({ minLength: 50_000, maxLength: 50_000 }), { numRuns: 1, seed })[0] ?? []);
    const two = [noise(1), noise(2)] as const;
    const parts = Array.from({ length: 12 }, (_, n) => [`request/${n}`, two[n % 2 === 0 ? 0 : 1]] as const);
    expect((await encodeRecord(new Map(parts))).length).toBeLessThan(102_000);
  });

  test("without anything repeated has the layout that the release before reads", async () => {
    const rows = Array.from({ length: 64 }, (_, i) => [`row-${i}`, Buffer.alloc(4_000, `row ${i}`)] as const);
    const versions = [new Map(rows), new Map([["request/0", Buffer.alloc(100_000)]])].map(encodeRecord);
    expect((await Promise.all(versions)).map((bytes) => bytes.readUInt8(4))).toEqual([1, 1]);
  });

  test("of the first version is read", async () => {
    const stored =
      "U0xSMQEBAABsAAAAewAAAKE+ACmkzkylH4sIAAAAAAAAA2NlYGBgZWBgSE7MySlmYmBgiI7lZGBgKEotLE0tLtE3EGFgYKhWyk0tLk5MTy1WsopWys9LVYqtRVZkKIVVkY5SSXm+UmwtMwMDA8PhlSBbGP6/XdAAokEAAJPyElt7AAAA";
    const parts = [
      ["calls", Buffer.from("[]")],
      ["request/0", Buffer.from('{"messages":["one"]}')],
      ["request/1", Buffer.from('{"messages":["one","two"]}')],
      ["\0é", Buffer.from([0, 0xff, 0xed, 0xa0, 0x80])],
      ["", Buffer.alloc(0)],
    ] as const;
    expect(await read(Buffer.from(stored, "base64"))).toEqual(new Map(parts));
  });

  test("of a version to come is refused", async () => {
    const bytes = await encodeRecord(new Map([["a", Buffer.from("1")]]));
    bytes.writeUInt8(3, 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
    await expect(read(bytes)).rejects.toMatchObject(corrupt);
  });
});

describe("a payload whose checksum is right but whose lengths are not", () => {
  /** The record with its payload changed and every checksum made anew. */
  function forged(record: Buffer, change: (payload: Buffer) => Buffer): Buffer {
    const parts = change(gunzipSync(record.subarray(HEADER_BYTES)));
    const payload = gzipSync(parts);
    const header = Buffer.from(record.subarray(0, HEADER_BYTES));
    header.writeUInt32LE(payload.length, 8);
    header.writeUInt32LE(parts.length, 12);
    header.writeUInt32LE(crc32(payload), 16);
    header.writeUInt32LE(crc32(header.subarray(0, 20)), 20);
    return Buffer.concat([header, payload]);
  }

  test("is refused, or read as other parts, and never takes memory that is not there", async () => {
    const base = Buffer.alloc(20_000, "abcdefgh");
    const record = await encodeRecord(
      new Map([
        ["x/0", base],
        ["x/1", Buffer.concat([base, base])],
      ]),
    );
    const place = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      value: fc.constantFrom(0, 1, 255, 0xffff_ffff),
    });
    const property = fc.asyncProperty(place, async ({ at, value }) => {
      const bytes = forged(record, (payload) => {
        payload.writeUInt32LE(value, Math.floor(at * (payload.length - 4)));
        return payload;
      });
      const parts = await read(bytes).catch((error: unknown) => {
        expect(error).toMatchObject(corrupt);
        return null;
      });
      for (const part of parts?.values() ?? []) expect(part.length).toBeLessThan(1_000_000);
    });
    await fc.assert(property, { numRuns: 400 });
  });
});
