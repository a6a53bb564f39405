import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore } from "../../src/store/index.ts";
import { openSegments } from "../../src/store/segments/segment-store.ts";
import { ctx, type TempDirectory, tempDirectory } from "./support.ts";

const record = (parts: Record<string, string | Uint8Array>) =>
  new Map(Object.entries(parts).map(([name, value]) => [name, Buffer.from(value as string)] as const));

describe("segments", () => {
  let parent: TempDirectory;
  let directory: string;
  let blobs: BlobStore;
  beforeEach(async () => {
    parent = await tempDirectory();
    directory = join(parent.path, "segments");
    blobs = await openSegments({ directory, segmentBytes: 4096, readHandles: 2 });
  });
  afterEach(async () => {
    await blobs.close();
    await parent.remove();
  });
  const file = (segment: string) => join(directory, `${segment}.seg`);
  const corrupt = { code: "storage_corrupt" };

  it("gives back any bytes under any names", async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    const parts = fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), bytes), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    const property = fc.asyncProperty(parts, async (entries) => {
      const given = new Map(entries.map(([name, value]) => [name, Buffer.from(value)]));
      expect(await blobs.read(ctx, await blobs.append(ctx, given))).toEqual(given);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("keeps NUL bytes and what is not UTF-8, lone surrogates included", async () => {
    const loneSurrogate = Buffer.from([0xed, 0xa0, 0x80]);
    const given = record({
      row: Buffer.concat([Buffer.from("a\0b"), loneSurrogate, Buffer.from([0xff])]),
      "": "",
      "\0é": "{}",
    });
    expect(await blobs.read(ctx, await blobs.append(ctx, given))).toEqual(given);
  });

  it("lets concurrent appends share segments, and moves on when one is full", async () => {
    const noise = () => Buffer.from(Array.from({ length: 400 }, () => Math.floor(Math.random() * 256)));
    const given = Array.from({ length: 60 }, () => record({ noise: noise() }));
    const pointers = await Promise.all(given.map((one) => blobs.append(ctx, one)));
    pointers.push(await blobs.append(ctx, record({ more: "1" })));
    expect(new Set(pointers.map((p) => `${p.segment}:${p.offset}`)).size).toBe(61);
    await blobs.append(ctx, record({ more: noise() }));
    const segments = await readdir(directory);
    expect(segments.length).toBeGreaterThan(1);
    // More segments than handles, read at once.
    const read = await Promise.all(pointers.slice(0, 60).map((pointer) => blobs.read(ctx, pointer)));
    expect(read).toEqual(given);
  });

  it("is not disturbed by a torn tail, and starts a segment of its own after a restart", async () => {
    const kept = await blobs.append(ctx, record({ kept: "yes" }));
    const torn = await blobs.append(ctx, record({ torn: "x".repeat(100) }));
    await truncate(file(torn.segment), torn.offset + torn.length - 5);
    const restarted = await openSegments({ directory });
    const next = await restarted.append(ctx, record({ next: "1" }));
    expect(next.segment).not.toBe(torn.segment);
    expect(await restarted.read(ctx, kept)).toEqual(record({ kept: "yes" }));
    await expect(restarted.read(ctx, torn)).rejects.toMatchObject(corrupt);
    await restarted.close();
  });

  it("finds every flipped bit", async () => {
    const pointer = await blobs.append(ctx, record({ text: "to be or not to be" }));
    const path = file(pointer.segment);
    const intact = await readFile(path);
    for (let bit = 0; bit < pointer.length * 8; bit++) {
      const broken = Buffer.from(intact);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await writeFile(path, broken);
      await expect(blobs.read(ctx, pointer)).rejects.toMatchObject(corrupt);
    }
    await writeFile(path, intact);
    expect(await blobs.read(ctx, pointer)).toEqual(record({ text: "to be or not to be" }));
  });

  it("cut off or changed at any place, gives back what is whole and nothing else", async () => {
    const given = Array.from({ length: 6 }, (_, i) =>
      record({ "request/0": "x".repeat(9_000 * i), "request/1": `${"x".repeat(9_000 * i)}${i}` }),
    );
    const pointers = await Promise.all(given.map((one) => blobs.append(ctx, one)));
    const path = file(pointers[0]?.segment ?? "");
    const intact = await readFile(path);
    const damage = fc.record({
      cut: fc.nat(intact.length),
      flips: fc.array(fc.nat(8 * intact.length - 1), { maxLength: 3 }),
    });
    const property = fc.asyncProperty(damage, async ({ cut, flips }) => {
      const broken = Buffer.from(intact);
      for (const bit of flips) broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await writeFile(path, broken.subarray(0, cut));
      for (const [i, pointer] of pointers.entries()) {
        const { offset, length } = pointer;
        const end = offset + length;
        const isWhole = end <= cut && broken.subarray(offset, end).equals(intact.subarray(offset, end));
        const reading = blobs.read(ctx, pointer);
        if (isWhole) expect(await reading).toEqual(given[i]);
        else await expect(reading).rejects.toMatchObject(corrupt);
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("refuses pointers that lead elsewhere", async () => {
    const pointer = await blobs.append(ctx, record({ a: "1" }));
    await writeFile(join(directory, "..", "outside.seg"), await readFile(file(pointer.segment)));
    const wrong = [
      { segment: "../outside" },
      { segment: "/etc/passwd\0" },
      { segment: "20200101t000000-000000000000-000001" },
      { offset: 1 },
      { offset: -1 },
      { offset: Number.NaN },
      { length: pointer.length - 1 },
      { length: pointer.length + 1 },
      { length: 3 },
      { length: 2 ** 50 },
    ];
    for (const change of wrong) await expect(blobs.read(ctx, { ...pointer, ...change })).rejects.toMatchObject(corrupt);
  });

  it("fails the appends of a directory that is gone, and recovers with it", async () => {
    await parent.remove();
    await expect(blobs.append(ctx, record({ a: "1" }))).rejects.toMatchObject({ code: "internal" });
    await mkdir(directory, { recursive: true });
    expect(await blobs.read(ctx, await blobs.append(ctx, record({ a: "2" })))).toEqual(record({ a: "2" }));
  });

  it("refuses work after it was closed, having done what came before", async () => {
    const pointer = await blobs.append(ctx, record({ a: "1" }));
    await blobs.close();
    await expect(blobs.append(ctx, record({ a: "2" }))).rejects.toMatchObject({ code: "shutting_down" });
    await expect(blobs.read(ctx, pointer)).rejects.toMatchObject({ code: "shutting_down" });
  });
});
