import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { Groups, Signals } from "../../src/rollouts/index.ts";
import { asScored, claimAs, claimOne, ctx, newJob, startTestStore, type TestStore } from "../store/support.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await startTestStore();
});
beforeEach(() => opened.reset());
afterAll(() => opened.close());

/** Groups over the store, and how often they looked. */
function watched() {
  const { store } = opened;
  const signals = new Signals();
  const looks = { jobs: 0, takes: 0 };
  const { jobs, groups } = store;
  const counting: typeof store = {
    ...store,
    jobs: {
      ...jobs,
      get: (...call) => {
        looks.jobs++;
        return jobs.get(...call);
      },
    },
    groups: {
      ...groups,
      take: (...call) => {
        looks.takes++;
        return groups.take(...call);
      },
    },
  };
  return { store, signals, looks, groups: new Groups({ store: counting, signals, clock: systemClock }) };
}

const TAKE = { consumer: "trainer", limit: 16, leaseMs: 60_000 };

test("who waits for groups looks now and then, not with every rollout of a busy job", async () => {
  const { store, signals, looks, groups } = watched();
  const { job } = await store.jobs.create(ctx, newJob());
  const busy = setInterval(() => signals.progress(job.id), 1);
  const delivery = await groups.take(ctx, job.id, { ...TAKE, waitMs: 800 }).finally(() => clearInterval(busy));
  expect(delivery).toMatchObject({ id: null, groups: [], cursor: 0, complete: false });
  expect(looks.takes).toBeLessThanOrEqual(2);
  expect(looks.jobs).toBeLessThanOrEqual(12);
});

test("a group that becomes complete is handed to who waits for it, and so is one whose lease has run out", async () => {
  const { store, signals, groups } = watched();
  const { job } = await store.jobs.create(ctx, newJob({ tasks: 2, repeats: 2 }));
  const waiting = groups.take(ctx, job.id, { ...TAKE, leaseMs: 1_500, waitMs: 20_000 });
  for (const claim of await claimAs(store, "w", 2)) {
    await store.queue.finish(ctx, claim, asScored);
    signals.progress(job.id);
  }
  expect((await waiting).groups.map(({ sequence, deliveries }) => [sequence, deliveries])).toEqual([[1, 1]]);
  // Nothing tells of a lease that runs out.
  const again = await groups.take(ctx, job.id, { ...TAKE, waitMs: 20_000 });
  expect(again.groups.map(({ sequence, deliveries }) => [sequence, deliveries])).toEqual([[1, 2]]);
});

test("a cursor beyond the job's complete groups is none", async () => {
  const { store, groups } = watched();
  const { job } = await store.jobs.create(ctx, newJob({ tasks: 2 }));
  await store.queue.finish(ctx, await claimOne(store), asScored);
  const pageAfter = (cursor: string) => groups.page(ctx, job.id, { cursor, limit: 1, waitMs: 0 });
  expect(await pageAfter("1")).toMatchObject({ items: [], next_cursor: "1" });
  await expect(pageAfter("2")).rejects.toMatchObject({ code: "invalid_request" });
});
