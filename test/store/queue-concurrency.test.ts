import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Claim, Store } from "../../src/store/index.ts";
import {
  asScored,
  claimAs,
  claimedOf,
  contextOf,
  ctx,
  newJob,
  query,
  sandboxError,
  startTestStore,
  type TestStore,
} from "./support.ts";

describe("the queue under many hands", () => {
  let test: TestStore;
  let store: Store;
  beforeAll(async () => {
    test = await startTestStore();
    store = test.store;
  });
  beforeEach(() => test.reset());
  afterAll(() => test.close());

  const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

  it("gives each rollout to one of 20 claimers", async () => {
    for (let i = 0; i < 5; i++) await store.jobs.create(ctx, newJob({ tasks: 25, repeats: 4 }));
    const claimer = async (worker: string) => {
      const mine: Claim[] = [];
      for (;;) {
        const claims = await claimAs(store, worker, 7);
        if (claims.length === 0) return mine;
        mine.push(...claims);
      }
    };
    const claims = (await Promise.all(upTo(20).map((n) => claimer(`w${n}`)))).flat();
    expect(claims).toHaveLength(500);
    expect(new Set(claims.map((claim) => claim.rollout.id)).size).toBe(500);
    expect(claims.every((claim) => claim.fence === 1 && claim.attempt === 1)).toBe(true);
  });

  it("gives no more rollouts of a model than it has room for, and those of others behind it", async () => {
    await store.jobs.create(ctx, newJob({ tasks: 5, priority: 2 }));
    await store.jobs.create(ctx, newJob({ tasks: 5, priority: 1 }));
    await store.jobs.create(ctx, newJob({ tasks: 5, model: "judge" }));
    const models = async (limit: number, room: number) => {
      const rooms = new Map([["policy", room]]);
      const claims = await store.queue.claim(ctx, { worker: "w", limit, leaseMs: 60_000, rooms });
      return claims.map(({ job }) => job.model);
    };
    expect(await models(9, 7)).toEqual([...upTo(7).map(() => "policy"), "judge", "judge"]);
    expect(await models(9, 0)).toEqual(["judge", "judge", "judge"]);
    expect(await models(9, 0)).toEqual([]);
    expect(await models(9, 9)).toEqual(["policy", "policy", "policy"]);
  });

  it("numbers 50 concurrent ends without gaps, in an order that a cursor can follow", async () => {
    const { job } = await store.jobs.create(ctx, newJob({ tasks: 50 }));
    const claims = await claimAs(store, "w", 50);
    const seen: number[] = [];
    const reader = async () => {
      while (seen.length < 50) {
        const rows = await store.rollouts.page(ctx, job.id, { after: seen.at(-1) ?? 0, limit: 9, outcomes: null });
        seen.push(...rows.map((row) => row.sequence ?? 0));
      }
    };
    const [ends] = await Promise.all([
      Promise.all(claims.map((claim) => store.queue.finish(ctx, claim, asScored))),
      reader(),
    ]);
    expect(ends.map((end) => end.sequence).toSorted((a, b) => a - b)).toEqual(upTo(50));
    expect(seen).toEqual(upTo(50));
    expect(await store.jobs.get(ctx, job.id)).toMatchObject({ state: "completed", tally: { scored: 50 } });
  });

  it("comes to rest when everything happens at once", async () => {
    const jobs = await Promise.all(upTo(6).map(() => store.jobs.create(ctx, newJob({ tasks: 10, repeats: 5 }))));
    const ignoreLost = (error: unknown) => {
      if ((error as { code?: string }).code !== "lease_lost") throw error;
    };
    const state = { open: true };
    const worker = async (name: string) => {
      for (let turn = 0; state.open; turn++) {
        const claims = await claimAs(store, name, 5, turn % 7 === 0 ? 0 : 60_000);
        const ends = claims.map((claim, i) => {
          if ((turn + i) % 5 === 0) return store.queue.retry(ctx, claim, sandboxError, 0);
          if ((turn + i) % 11 === 0) return store.queue.release(ctx, [claim]);
          return store.queue.finish(ctx, claim, asScored);
        });
        await Promise.all(ends.map((end) => end.then(() => undefined, ignoreLost)));
        const rollouts = claims.map(claimedOf);
        await store.queue.renew(ctx, { worker: name, rollouts, leaseMs: 60_000 });
      }
    };
    const supervisor = async () => {
      for (let turn = 0; state.open; turn++) {
        await store.queue.reclaim(ctx);
        const doomed = turn < 2 ? jobs[turn] : undefined;
        if (doomed) await store.jobs.cancel(ctx, doomed.job.id, 30_000).catch(() => undefined);
        const now = await store.jobs.list(ctx, { before: null, limit: 10 });
        state.open = now.some((job) => job.endedAt === null);
      }
    };
    await Promise.all([supervisor(), ...upTo(8).map((n) => worker(`w${n}`))]);
    for (const { job } of jobs) {
      const rows = await store.rollouts.page(ctx, job.id, { after: 0, limit: 100, outcomes: null });
      expect(rows.map((row) => row.sequence)).toEqual(upTo(50));
      expect((await store.jobs.get(ctx, job.id))?.tally).toMatchObject({ requested: 50, queued: 0, running: 0 });
    }
  });

  it("holds a job of 100,000 rollouts", async () => {
    const { job } = await store.jobs.create(ctx, newJob({ tasks: 12_500, repeats: 8 }));
    expect(job.tally).toMatchObject({ requested: 100_000, queued: 100_000 });
    const claims = await claimAs(store, "w", 20);
    expect(claims.map(({ rollout: r }) => [r.taskIndex, r.rolloutIndex])[19]).toEqual([2, 3]);
    expect(claims[19]?.rollout.taskId).toBe("task-2");
    expect((await store.jobs.cancel(ctx, job.id, 30_000)).tally).toMatchObject({ running: 20, masked: 99_980 });
    const last = await store.rollouts.page(ctx, job.id, { after: 99_979, limit: 9, outcomes: null });
    expect(last).toMatchObject([{ sequence: 99_980, taskIndex: 12_499, rolloutIndex: 7 }]);
  });

  it("gives out what other jobs have where one cannot be claimed from, and fails when there is nothing else", async () => {
    const bad = await store.jobs.create(ctx, newJob({ tasks: 2 }));
    await query(
      test.connection,
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
       create trigger refuse before update on rollouts for each row when (new.job_id = '${bad.job.id}') execute function refuse()`,
    );
    try {
      await expect(claimAs(store, "w", 9)).rejects.toMatchObject({ code: "internal" });
      const { job } = await store.jobs.create(ctx, newJob({ tasks: 3, deadline: new Date(Date.now() + 300) }));
      await query(test.connection, `update jobs set deadline_at = now() where id = '${bad.job.id}'`);
      expect((await claimAs(store, "w", 2)).map((claim) => claim.job.id)).toEqual([job.id, job.id]);
      await new Promise((resolve) => setTimeout(resolve, 350));
      expect(await store.queue.endOverdue(ctx)).toBe(3);
    } finally {
      await query(test.connection, "drop function refuse() cascade");
    }
  });

  it("refuses what a tenant's queue has no room for, and nobody else's", async () => {
    const { job } = await store.jobs.create(ctx, newJob());
    await query(test.connection, `update jobs set queued = 1999999 where id = '${job.id}'`);
    await store.jobs.create(contextOf("other"), newJob({ tasks: 2 }));
    const refused = store.jobs.create(ctx, newJob({ tasks: 2 }));
    await expect(refused).rejects.toMatchObject({ code: "quota_exceeded", status: 429 });
    await store.jobs.create(ctx, newJob());
  });
});
