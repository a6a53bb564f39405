import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { ctx, query, startTestStore, type TestStore } from "./support.ts";

let test: TestStore;
beforeAll(async () => {
  test = await startTestStore();
});
afterAll(() => test.close());

function open(directory: string, database = test.connection.database): Promise<Store> {
  const connection = { ...test.connection, database };
  return openStore({ database: { connection }, segments: { directory }, logger: silentLogger });
}
const inTest = (name: string) => join(test.directory, name);
const refused = (text: string) => ({ code: "invalid_config", message: expect.stringContaining(text) as string });

it("processes that share a directory read each other's records, also those that start together", async () => {
  const stores = await Promise.all(Array.from({ length: 4 }, () => open(inTest("segments"))));
  const pointers = await Promise.all(stores.map((store, i) => store.blobs.append(ctx, new Map([["n", Buffer.of(i)]]))));
  for (const store of stores) {
    const read = await Promise.all(pointers.map((pointer) => store.blobs.read(ctx, pointer)));
    expect(read.map((record) => record.get("n")?.[0])).toEqual([0, 1, 2, 3]);
  }
  await Promise.all(stores.map((store) => store.close()));
});

it("a process with another directory is refused at its start", async () => {
  await expect(open(inTest("elsewhere"))).rejects.toMatchObject(refused("another directory"));
});

it("so is one whose directory belongs to another database", async () => {
  await query(test.connection, "create database second");
  await expect(open(inTest("segments"), "second")).rejects.toMatchObject(refused("another database"));
  const own = await open(inTest("of-the-second"), "second");
  await own.close();
});

it("a directory may move", async () => {
  const store = await open(inTest("segments"));
  const pointer = await store.blobs.append(ctx, new Map([["a", Buffer.from("1")]]));
  await store.close();
  await rename(inTest("segments"), inTest("moved"));
  const moved = await open(inTest("moved"));
  expect((await moved.blobs.read(ctx, pointer)).get("a")).toEqual(Buffer.from("1"));
  await moved.close();
  await rename(inTest("moved"), inTest("segments"));
});

it("a segment that is missing says where it was looked for, and what to look at", async () => {
  const missing = { segment: "20200101t000000-000000000000-000001", offset: 0, length: 100 };
  const text = `${join(test.directory, "segments", missing.segment)}.seg is missing`;
  await expect(test.store.blobs.read(ctx, missing)).rejects.toMatchObject({
    code: "storage_corrupt",
    message: expect.stringContaining(text) as string,
    hint: expect.stringContaining("storage.segments_dir") as string,
  });
});
