import { describe, expect, it } from "vitest";
import { asScored, claimOne, contextOf, ctx, newJob } from "../support.ts";
import type { Subject } from "./subject.ts";

/** What every Store must do for those who submit. */
export function jobsConformance({ store, create }: Subject): void {
  describe("jobs", () => {
    it("keeps everything it is given", async () => {
      const given = newJob({
        tasks: 2,
        repeats: 3,
        priority: 7,
        labels: { nul: "a\0b", lone: "\ud800", "": "empty" },
        limits: { turns: 3, wall_seconds: 1.5 },
        onTruncated: { value: 0.25 },
        sampling: '{"seed": 12345678901234567890, "temperature": 0.0, "stop": "\\u0000\\ud800"}',
        replay: true,
      });
      const { job, created } = await store.jobs.create(ctx, given);
      const { tasks, idempotency: _, ...rest } = given;
      expect(created).toBe(true);
      expect(job).toMatchObject({
        ...rest,
        tasks: tasks.length,
        state: "queued",
        tenant: "default",
        meanReward: null,
      });
      expect(job.tally).toMatchObject({ requested: 6, queued: 6, running: 0 });
      expect(await store.jobs.get(ctx, given.id)).toEqual(job);
    });

    it("completes a job without rollouts at once", async () => {
      const job = await create({ tasks: 0 });
      expect(job).toMatchObject({ state: "completed", tally: { requested: 0 } });
      expect(job.endedAt).not.toBeNull();
    });

    it("answers a known idempotency key with the earlier job, and refuses it for another request", async () => {
      const first = await store.jobs.create(ctx, newJob({ idempotency: { key: "k", digest: "d" } }));
      const again = await store.jobs.create(ctx, newJob({ idempotency: { key: "k", digest: "d" } }));
      expect(again).toEqual({ job: first.job, created: false });
      const other = store.jobs.create(ctx, newJob({ idempotency: { key: "k", digest: "e" } }));
      await expect(other).rejects.toMatchObject({ code: "idempotency_conflict", context: { job_id: first.job.id } });
      const elsewhere = await store.jobs.create(contextOf("b"), newJob({ idempotency: { key: "k", digest: "e" } }));
      expect(elsewhere.created).toBe(true);
    });

    it("makes one job of equal requests that race", async () => {
      const racing = Array.from({ length: 12 }, () => newJob({ tasks: 20, idempotency: { key: "k", digest: "d" } }));
      const answers = await Promise.all(racing.map((job) => store.jobs.create(ctx, job)));
      expect(answers.filter((answer) => answer.created)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.job.id)).size).toBe(1);
      expect(await store.jobs.list(ctx, { before: null, limit: 50 })).toHaveLength(1);
    });

    it("lists newest first, page by page, with their counts", async () => {
      const made: string[] = [];
      for (let i = 0; i < 5; i++) made.unshift((await create({ tasks: i + 1 })).id);
      const first = await store.jobs.list(ctx, { before: null, limit: 3 });
      const second = await store.jobs.list(ctx, { before: first.at(-1)?.id ?? null, limit: 3 });
      expect([...first, ...second].map((job) => job.id)).toEqual(made);
      expect([...first, ...second].map((job) => job.tally.queued)).toEqual([5, 4, 3, 2, 1]);
      expect(await store.jobs.list(ctx, { before: made.at(-1) ?? null, limit: 3 })).toEqual([]);
    });

    it("shows a tenant nothing of another's", async () => {
      const job = await create();
      const claim = await claimOne(store);
      await store.queue.finish(ctx, claim, asScored);
      const other = contextOf("other");
      expect(await store.jobs.get(other, job.id)).toBeNull();
      expect(await store.jobs.list(other, { before: null, limit: 9 })).toEqual([]);
      await expect(store.jobs.cancel(other, job.id, 30_000)).rejects.toMatchObject({ code: "not_found" });
      expect(await store.rollouts.get(other, claim.rollout.id)).toBeNull();
      expect(await store.rollouts.page(other, job.id, { after: 0, limit: 9, outcomes: null })).toEqual([]);
      expect(await store.rollouts.attempts(other, claim.rollout.id)).toEqual([]);
    });
  });
}
