import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { scored } from "../../src/core/outcome.ts";
import { openStore, type RecordPointer, type Store } from "../../src/store/index.ts";
import { POINTERS } from "../../src/store/postgres/pointers.ts";
import { claimAs, contextOf, ctx, finished, newJob, query, startTestStore, type TestStore } from "./support.ts";

const DAY_MS = 24 * 3_600_000;
const TABLES = ["jobs", "tasks", "rollouts", "attempts", "verdicts"];

/** Real time that can be moved on, and whose timers are impatient. */
function hastyClock(): Clock & { advance(ms: number): void } {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
    after: (ms, fn) => systemClock.after(Math.min(ms, 20), fn),
    advance: (ms) => void (ahead += ms),
  };
}

describe("housekeeping", () => {
  let test: TestStore;
  let store: Store;
  let clock: ReturnType<typeof hastyClock>;
  beforeEach(async () => {
    test = await startTestStore();
    clock = hastyClock();
    store = await another();
  });
  afterEach(async () => {
    await store.close();
    await test.close();
  });

  /** A process of its own on the same database and directory; with a small segment, each record has its own. */
  function another(): Promise<Store> {
    const segments = { directory: join(test.directory, "segments"), segmentBytes: 1 };
    return openStore({ database: { connection: test.connection }, segments, logger: silentLogger, clock });
  }
  const record = (text: string) => store.blobs.append(ctx, new Map([["calls", Buffer.from(text)]]));
  const segments = async () =>
    (await readdir(join(test.directory, "segments"))).filter((name) => name.endsWith(".seg")).sort();
  const fileOf = ({ segment }: RecordPointer) => `${segment}.seg`;
  async function rowsLeft(): Promise<Record<string, number>> {
    const counts = TABLES.map(async (table) => {
      const [row] = await query(test.connection, `select count(*)::int as rows from ${table}`);
      return [table, Number(row?.["rows"])] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  }
  async function age(files: readonly string[]): Promise<void> {
    const then = new Date(systemClock.now() - 2 * DAY_MS);
    for (const file of files) await utimes(join(test.directory, "segments", file), then, then);
  }

  /** A job that has ended, each rollout with a record, a verdict beside the first and a row. */
  async function endedJob(tasks: number): Promise<{ id: string; records: RecordPointer[] }> {
    const shape = newJob({ tasks });
    const rows = await Promise.all(shape.tasks.map((_, i) => record(`row ${i}`)));
    const placed = shape.tasks.map((task, i) => ({ ...task, row: rows[i] ?? task.row }));
    const { job } = await store.jobs.create(ctx, { ...shape, tasks: placed });
    const records: RecordPointer[] = [...rows];
    for (const claim of await claimAs(store, "worker", tasks)) {
      const [first, later] = [await record("first"), await record("later")];
      await store.queue.finish(ctx, claim, finished(scored(1), { record: first }));
      const verdict = { rolloutId: claim.rollout.id, judgement: scored(0), reason: null, error: null, record: later };
      await store.verdicts.add(ctx, { jobId: job.id, rescoreId: "res_1", verdicts: [verdict] });
      records.push(first, later);
    }
    return { id: job.id, records };
  }

  it("removes an ended job from sight at once, then its rows, and nothing of others", async () => {
    const gone = await endedJob(3);
    const kept = await endedJob(2);
    await store.housekeeping.remove(ctx, gone.id);
    expect(await store.jobs.get(ctx, gone.id)).toBeNull();
    expect((await store.jobs.list(ctx, { before: null, limit: 10 })).map(({ id }) => id)).toEqual([kept.id]);
    await expect(store.housekeeping.remove(ctx, gone.id)).rejects.toMatchObject({ code: "not_found" });
    store.housekeeping.start({ retentionDays: null });
    const left = { jobs: 1, tasks: 2, rollouts: 2, attempts: 2, verdicts: 2 };
    await expect.poll(rowsLeft, { timeout: 10_000 }).toEqual(left);
  });

  it("removes nothing of a job that has not ended, nor of another tenant", async () => {
    const { job } = await store.jobs.create(ctx, newJob());
    await expect(store.housekeeping.remove(ctx, job.id)).rejects.toMatchObject({ code: "job_open", status: 409 });
    await store.jobs.cancel(ctx, job.id, 0);
    await expect(store.housekeeping.remove(contextOf("other"), job.id)).rejects.toMatchObject({ code: "not_found" });
    expect(await store.jobs.get(ctx, job.id)).toMatchObject({ state: "cancelled" });
    await store.housekeeping.remove(ctx, job.id);
  });

  it("frees the idempotency key", async () => {
    const idempotency = { key: "k", digest: "one" };
    const { job } = await store.jobs.create(ctx, newJob({ idempotency }));
    await store.jobs.cancel(ctx, job.id, 0);
    await store.housekeeping.remove(ctx, job.id);
    const again = await store.jobs.create(ctx, newJob({ idempotency: { key: "k", digest: "two" } }));
    expect(again.created).toBe(true);
  });

  it("removes jobs by their age where it is told to", async () => {
    const old = await endedJob(1);
    const young = await endedJob(1);
    const { job: open } = await store.jobs.create(ctx, newJob());
    const back = "set created_at = now() - interval '9 days', ended_at = ended_at - interval '8 days'";
    await query(test.connection, `update jobs ${back} where id in ('${old.id}', '${open.id}')`);
    store.housekeeping.start({ retentionDays: 7 });
    await expect.poll(() => store.jobs.get(ctx, old.id), { timeout: 10_000 }).toBeNull();
    await expect.poll(async () => (await rowsLeft())["jobs"], { timeout: 10_000 }).toBe(2);
    expect(await store.jobs.get(ctx, young.id)).not.toBeNull();
    expect(await store.jobs.get(ctx, open.id)).not.toBeNull();
  });

  it("sweeps segments that nobody points to, and leaves what is young, pointed to or just written", async () => {
    const gone = await endedJob(2);
    const kept = await endedJob(1);
    const unpointed = await record("on its way to a row");
    const orphan = await record("its worker died before it had a row");
    await age((await segments()).filter((file) => file !== fileOf(unpointed)));
    store.housekeeping.start({ retentionDays: null });
    await expect.poll(async () => (await store.housekeeping.usage()).liveBytes, { timeout: 10_000 }).toBeGreaterThan(0);
    // Nobody pointed to the orphan at the first look; it goes when that is so ten minutes later.
    expect(await segments()).toContain(fileOf(orphan));
    await store.housekeeping.remove(ctx, gone.id);
    await expect.poll(async () => (await rowsLeft())["jobs"], { timeout: 10_000 }).toBe(1);
    for (let minutes = 0; minutes < 30; minutes += 11) {
      clock.advance(11 * 60_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const left = [...kept.records, unpointed].map(fileOf).sort();
    await expect.poll(segments, { timeout: 10_000 }).toEqual(left);
    for (const pointer of kept.records) expect(await store.blobs.read(ctx, pointer)).toBeTruthy();
    const usage = await store.housekeeping.usage();
    expect(usage.segments).toBe(left.length);
    expect(usage.liveBytes).toBe(kept.records.reduce((sum, { length }) => sum + length, 0));
  });

  it("never sweeps what a transaction under way is about to point to again", async () => {
    const { id, records } = await endedJob(1);
    await age(await segments());
    store.housekeeping.start({ retentionDays: null });
    await expect.poll(async () => (await store.housekeeping.usage()).liveBytes, { timeout: 10_000 }).toBeGreaterThan(0);
    await store.housekeeping.remove(ctx, id);
    await expect.poll(async () => (await rowsLeft())["jobs"], { timeout: 10_000 }).toBe(0);
    clock.advance(11 * 60_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Seen once without a pointer; then a job comes that points to it.
    const [row] = records;
    const shape = newJob({ tasks: 1 });
    await store.jobs.create(ctx, { ...shape, tasks: shape.tasks.map((task) => ({ ...task, row: row ?? task.row })) });
    clock.advance(60 * 60_000);
    await expect.poll(async () => (await segments()).length, { timeout: 10_000 }).toBe(1);
    expect(await store.blobs.read(ctx, row ?? { segment: "", offset: 0, length: 0 })).toBeTruthy();
  });

  it("turns to a new segment after an hour, so that an old one is done with", async () => {
    const large = await openStore({
      database: { connection: test.connection },
      segments: { directory: join(test.directory, "segments") },
      logger: silentLogger,
      clock,
    });
    const append = () => large.blobs.append(ctx, new Map([["a", Buffer.from("1")]]));
    const [first, second] = [await append(), await append()];
    expect(second.segment).toBe(first.segment);
    clock.advance(61 * 60_000);
    expect((await append()).segment).not.toBe(first.segment);
    await large.close();
  });

  it("knows every column that points into segments", async () => {
    const found = await query(
      test.connection,
      "select table_name, column_name from information_schema.columns where column_name like '%\\_segment' order by 1",
    );
    const known = POINTERS.map(({ table, prefix }) => ({ table_name: table, column_name: `${prefix}_segment` }));
    expect(found).toEqual(known.toSorted((a, b) => (a.table_name < b.table_name ? -1 : 1)));
  });
});
