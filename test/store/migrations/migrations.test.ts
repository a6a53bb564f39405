import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { scored } from "../../../src/core/outcome.ts";
import { decodeRecord } from "../../../src/rollouts/record.ts";
import type { Store } from "../../../src/store/index.ts";
import { claimAs, contextOf, ctx, finished, newJob, startTestStore, type TestStore } from "../support.ts";
import { oldDatabase, VERSIONS } from "./old-database.ts";
import { type RecordedStatement, replay } from "./replay.ts";

const red = contextOf("red");
const blue = contextOf("blue");

let test: TestStore;
const stores: Store[] = [];
beforeAll(async () => {
  test = await startTestStore();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(() => test.close());

describe.each(VERSIONS)("a database of version $version", ({ version, data, statements }) => {
  async function opened(processes = 1, filled = true): Promise<{ store: Store; connection: TestStore["connection"] }> {
    const database = await oldDatabase(test, version, filled ? data : []);
    const all = await Promise.all(Array.from({ length: processes }, () => database.open()));
    stores.push(...all);
    const [store] = all;
    if (!store) throw new Error("no process was started");
    return { store, connection: database.connection };
  }

  it("reads as it did", async () => {
    const { store } = await opened();
    expect(store.installation).toBe("ins_00000000000000000000000000000001");
    const jobs = [
      ...(await store.jobs.list(red, { before: null, limit: 10 })),
      ...(await store.jobs.list(blue, { before: null, limit: 10 })),
    ];
    const shown = jobs.map(({ id, state, tasks, tally, meanReward }) => {
      const { requested, queued, running, scored: judged, truncated, masked } = tally;
      return [id, state, tasks, requested, queued, running, judged, truncated, masked, meanReward];
    });
    expect(shown).toEqual([
      ["job_running", "running", 4, 8, 2, 2, 1, 1, 2, 0.375],
      ["job_queued", "queued", 2, 2, 2, 0, 0, 0, 0, null],
      ["job_cancelled", "cancelled", 1, 1, 0, 0, 0, 0, 1, null],
      ["job_completed", "completed", 1, 1, 0, 0, 1, 0, 0, 1],
      ["job_cancelling", "cancelling", 2, 2, 0, 1, 0, 0, 1, null],
    ]);
    expect(await store.jobs.get(red, "job_running")).toMatchObject({ priority: 5, onTruncated: { value: 0.5 } });
    const done = await store.rollouts.page(red, "job_running", { after: 0, limit: 10, outcomes: null });
    expect(done.map(({ id, sequence, judgement }) => [id, sequence, judgement?.outcome])).toEqual([
      ["rol_scored", 1, "scored"],
      ["rol_truncated", 2, "truncated"],
      ["rol_masked", 3, "sandbox_error"],
      ["rol_timed_out", 4, "timed_out"],
    ]);
    expect(await store.rollouts.attempts(red, "rol_delayed")).toMatchObject([{ worker: "alive", retried: true }]);
  });

  it("has its records, rows and verdicts", async () => {
    const { store } = await opened();
    const rollout = await store.rollouts.get(red, "rol_scored");
    if (!rollout?.record) throw new Error("the rollout has no record");
    const { trajectory } = decodeRecord(await store.blobs.read(red, rollout.record));
    expect(trajectory?.calls.map((call) => [call.prompt_token_ids, call.generation_log_probs])).toEqual([
      [
        [1, 2, 3],
        [-0.5, -0.1],
      ],
      [[1, 2, 3, 4, 5, 6], [-0.25]],
    ]);
    const rows = await store.blobs.read(red, rollout.row);
    expect(Buffer.from(rows.get(rollout.rowPart) ?? []).toString()).toBe('{"id":2}');
    const later = (await store.verdicts.list(red, "rol_scored")).map((verdict) => verdict.judgement.outcome);
    expect(later).toEqual(version === "0001-initial" ? [] : ["scored", "verifier_error"]);
  });

  it("goes on: what is due is claimed, what is lost comes back, and jobs end with every rollout counted once", async () => {
    const { store } = await opened();
    expect(await store.queue.reclaim(ctx)).toBe(1);
    const claims = await claimAs(store, "new-worker", 10);
    const names = claims.map(({ rollout, attempt }) => `${rollout.id} ${attempt}`).sort();
    expect(names).toEqual(["rol_lost 2", "rol_never 1", "rol_queued_0 1", "rol_queued_1 1"]);
    const record = await store.blobs.append(ctx, new Map([["calls", Buffer.from("[]")]]));
    for (const claim of claims) await store.queue.finish(ctx, claim, finished(scored(1), { record }));
    const queued = await store.jobs.get(red, "job_queued");
    expect(queued).toMatchObject({ state: "completed", tally: { requested: 2, scored: 2 }, meanReward: 1 });
    const done = await store.rollouts.page(red, "job_running", { after: 4, limit: 10, outcomes: null });
    expect(done.map(({ sequence }) => sequence)).toEqual([5, 6]);
    const held = await store.queue.renew(ctx, {
      worker: "alive",
      rollouts: ["rol_held", "rol_cancelling", "rol_lost"].map((id) => ({ id, fence: 1 })),
      leaseMs: 1_000,
    });
    expect(held.held.map(({ id }) => id).sort()).toEqual(["rol_cancelling", "rol_held"]);
    expect(held.cancelling).toEqual([{ id: "rol_cancelling", fence: 1 }]);
    const ended = await store.jobs.cancel(red, "job_running", 60_000);
    expect(ended).toMatchObject({ state: "cancelling", tally: { requested: 8, running: 1, scored: 3, masked: 3 } });
  });

  it("is migrated once by processes that start together", async () => {
    const { store } = await opened(4);
    expect(new Set(stores.map(({ installation }) => installation)).size).toBe(1);
    expect((await store.jobs.list(red, { before: null, limit: 10 })).length).toBe(2);
  });

  it("can have its jobs removed", async () => {
    const { store } = await opened();
    await store.housekeeping.remove(blue, "job_completed");
    expect(await store.jobs.get(blue, "job_completed")).toBeNull();
  });

  if (statements === null) return;
  it("keeps processes of its own version out that still run", async () => {
    const { store, connection } = await opened(1, false);
    const file = join(import.meta.dirname, statements);
    const recorded = JSON.parse(await readFile(file, "utf8")) as RecordedStatement[];
    const job = newJob({ id: "job_replayed", tasks: 4, repeats: 2 });
    const { job: before } = await store.jobs.create(ctx, job);
    expect(await replay(connection, recorded)).toBeGreaterThan(10);
    expect(await store.jobs.get(ctx, "job_replayed")).toEqual(before);
    expect(await store.jobs.get(contextOf("other"), "job_cancelled")).toBeNull();
    const claims = await claimAs(store, "new-worker", 10);
    expect(claims.map(({ attempt, fence }) => [attempt, fence])).toEqual(Array.from({ length: 8 }, () => [1, 1]));
  });
});
