import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Demux } from "./demux.ts";

function frame(stream: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

async function demux(chunks: Iterable<Buffer>): Promise<{ out: Buffer; err: Buffer }> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out.push(chunk);
      setImmediate(done);
    },
  });
  await pipeline(Readable.from(chunks), new Demux((data) => err.push(Buffer.from(data))), sink);
  return { out: Buffer.concat(out), err: Buffer.concat(err) };
}

describe("Demux", () => {
  it("separates the streams however the bytes are split", async () => {
    const part = fc.record({ stream: fc.constantFrom(1, 2), data: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 64 }), async (parts, size) => {
        const bytes = Buffer.concat(parts.map(({ stream, data }) => frame(stream, data)));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const { out, err } = await demux(chunks);
        const wanted = (stream: number) => Buffer.concat(parts.filter((p) => p.stream === stream).map((p) => p.data));
        expect([out, err]).toEqual([wanted(1), wanted(2)]);
      }),
      { numRuns: 50 },
    );
  });

  it("takes ten thousand one-byte frames in one read", async () => {
    const bytes = Buffer.concat(Array.from({ length: 10_000 }, () => frame(1, Buffer.from("x"))));
    expect((await demux([bytes])).out.length).toBe(10_000);
  });

  it("refuses a stream that does not exist", async () => {
    await expect(demux([frame(7, Buffer.from("x"))])).rejects.toThrow(/names a stream 7/);
  });
});
