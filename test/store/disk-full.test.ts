import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import { scored } from "../../src/core/outcome.ts";
import { type Claim, openStore, startEmbeddedPostgres, type Store } from "../../src/store/index.ts";
import { noSmallDisk, type SmallDisk, smallDisk } from "../support/small-disk.ts";
import {
  asScored,
  claimAs,
  claimOne,
  ctx,
  finished,
  newJob,
  query,
  startTestStore,
  type TestStore,
} from "./support.ts";

const MIB = 1024 ** 2;
const full = { code: "storage_full", status: 507 };
const missing = noSmallDisk();
const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, () => Math.floor(Math.random() * 256)));
const recordOf = (bytes: number) => new Map([["a", noise(bytes)]]);

describe.skipIf(missing)(`a disk without space${missing ? ` (${missing})` : ""}`, () => {
  let disk: SmallDisk;
  afterEach(() => disk.unmount());

  describe("of the segments", () => {
    let test: TestStore;
    let store: Store;
    let segments: string;
    beforeEach(async () => {
      disk = smallDisk(8 * MIB);
      segments = join(disk.path, "segments");
      test = await startTestStore({ segments, minFreeBytes: MIB });
      ({ store } = test);
    });
    afterEach(() => test.close());

    it("keeps new work out below the floor, and lets running work be recorded from the reserve", async () => {
      await store.jobs.create(ctx, newJob({ tasks: 2 }));
      const claim = await claimOne(store);
      disk.fill(MIB / 2);
      await expect.poll(() => store.room.problem()).toMatchObject(full);
      await expect(store.jobs.create(ctx, newJob())).rejects.toMatchObject(full);
      expect(await claimAs(store, "worker", 1)).toEqual([]);
      const pointer = await store.blobs.append(ctx, recordOf(50_000));
      await store.queue.finish(ctx, claim, finished(scored(1), { record: pointer }));
      disk.drain();
      await expect.poll(() => store.room.problem(), { timeout: 5_000 }).toBeNull();
      expect(await claimAs(store, "worker", 1)).toHaveLength(1);
    });

    it("refuses records typed, gives back what was half written, and takes them when there is space", async () => {
      const kept = await store.blobs.append(ctx, recordOf(1_000));
      disk.fill();
      const given = recordOf(100_000);
      await expect(store.blobs.append(ctx, given)).rejects.toMatchObject(full);
      // The next one is not even tried.
      await expect(store.blobs.append(ctx, given)).rejects.toMatchObject(full);
      expect(await store.blobs.read(ctx, kept)).toBeTruthy();
      disk.drain();
      const append = () => store.blobs.append(ctx, given).catch(() => null);
      await expect.poll(append, { timeout: 5_000, interval: 200 }).not.toBeNull();
      const pointer = await store.blobs.append(ctx, given);
      expect(await store.blobs.read(ctx, pointer)).toEqual(given);
      expect((await readdir(segments)).filter((name) => name.endsWith(".seg")).length).toBeLessThanOrEqual(3);
    });
  });

  it("stops the embedded database's writes typed and for a while only; what was committed is there", async () => {
    disk = smallDisk(160 * MIB);
    const server = await startEmbeddedPostgres({ dataDirectory: join(disk.path, "data") });
    const segments = { directory: join(disk.path, "segments") };
    const store = await openStore({ database: { connection: server.connection }, segments, logger: silentLogger });
    const { job } = await store.jobs.create(ctx, newJob({ tasks: 3_000 }));
    const claims: Claim[] = [];
    while (claims.length < 1_000) claims.push(...(await claimAs(store, "worker", 250)));
    disk.fill();
    const failures = new Set<string>();
    const finish = async (claim: (typeof claims)[number]) => {
      const error = await store.queue.finish(ctx, claim, asScored).then(
        () => null,
        (failure: { code: string }) => failure.code,
      );
      if (error !== null) failures.add(error);
      return error === null;
    };
    let recorded = 0;
    for (const claim of claims) if (failures.size === 0 && (await finish(claim))) recorded++;
    expect(failures).toEqual(new Set(["storage_full"]));
    await expect(store.jobs.create(ctx, newJob())).rejects.toMatchObject(full);
    expect(await claimAs(store, "worker", 10)).toEqual([]);
    expect((await store.jobs.get(ctx, job.id))?.tally.scored).toBe(recorded);
    disk.drain();
    for (const claim of claims.slice(recorded)) await expect.poll(() => finish(claim), { timeout: 30_000 }).toBe(true);
    expect((await store.jobs.get(ctx, job.id))?.tally).toMatchObject({ scored: 1_000, running: 0, queued: 2_000 });
    await store.close();
    await server.stop();
  });

  it("sees the embedded database again that gave itself up because it could not write its log", async () => {
    disk = smallDisk(160 * MIB);
    const server = await startEmbeddedPostgres({ dataDirectory: join(disk.path, "data") });
    const segments = { directory: join(disk.path, "segments") };
    const store = await openStore({ database: { connection: server.connection }, segments, logger: silentLogger });
    const { job } = await store.jobs.create(ctx, newJob());
    disk.fill();
    const log = "select pg_logical_emit_message(false, 'x', repeat('a', 1000000)) from generate_series(1, 200)";
    await expect(query(server.connection, log)).rejects.toThrow(/pg_wal|terminated/);
    await expect
      .poll(
        () =>
          store.check(ctx).then(
            () => "up",
            () => "down",
          ),
        { timeout: 30_000 },
      )
      .toBe("down");
    disk.drain();
    await expect
      .poll(
        () =>
          store.check(ctx).then(
            () => "up",
            () => "down",
          ),
        { timeout: 60_000 },
      )
      .toBe("up");
    expect((await store.jobs.get(ctx, job.id))?.state).toBe("queued");
    await store.close();
    await server.stop();
  });
});
