import { describe, expect, it } from "vitest";
import { type Claim, LOST_ATTEMPTS_MAX } from "../../../src/store/index.ts";
import { masked } from "../../../src/core/outcome.ts";
import { asScored, claimAs, claimedOf, claimOne, ctx } from "../support.ts";
import type { Subject } from "./subject.ts";

/** What every Store must do for those who work. */
export function queueConformance({ store, create, jobNow, page }: Subject): void {
  describe("claims", () => {
    it("serves by priority, age of the job, task and place in the group", async () => {
      const old = await create({ tasks: 2, repeats: 2 });
      const young = await create();
      const urgent = await create({ priority: 5 });
      const claims = await claimAs(store, "w", 10);
      expect(claims.map(({ rollout: r }) => [r.jobId, r.taskIndex, r.rolloutIndex])).toEqual([
        [urgent.id, 0, 0],
        [old.id, 0, 0],
        [old.id, 0, 1],
        [old.id, 1, 0],
        [old.id, 1, 1],
        [young.id, 0, 0],
      ]);
      expect(await claimAs(store, "w", 10)).toEqual([]);
    });

    it("starts an attempt and the job", async () => {
      const job = await create({ tasks: 2, limits: { turns: 2 } });
      const claim = await claimOne(store, "w");
      expect(claim).toMatchObject({
        attempt: 1,
        fence: 1,
        job: { id: job.id, state: "running", limits: { turns: 2 } },
      });
      expect(claim.rollout).toMatchObject({
        state: "running",
        attempts: 1,
        taskId: "task-0",
        row: { segment: "s", offset: 0, length: 100 },
        rowPart: "row-0",
        judgement: null,
        tenant: "default",
      });
      expect(claim.job.startedAt).not.toBeNull();
      expect(await store.rollouts.attempts(ctx, claim.rollout.id)).toMatchObject([
        { number: 1, worker: "w", outcome: null },
      ]);
      expect((await jobNow(job.id)).tally).toMatchObject({ queued: 1, running: 1 });
    });

    it("tells the renewing worker what it holds and what is being cancelled", async () => {
      const kept = await create();
      const cancelled = await create();
      const claims = await claimAs(store, "w", 5);
      await claimAs(store, "other", 5);
      await store.jobs.cancel(ctx, cancelled.id, 30_000);
      const rollouts = claims.map(claimedOf);
      const { held, cancelling } = await store.queue.renew(ctx, { worker: "w", rollouts, leaseMs: 1000 });
      expect(new Set(held)).toEqual(new Set(rollouts));
      expect(cancelling).toEqual(claims.filter((c) => c.rollout.jobId !== kept.id).map(claimedOf));
      const nobody = { worker: "nobody", rollouts, leaseMs: 1000 };
      expect(await store.queue.renew(ctx, nobody)).toEqual({ held: [], cancelling: [] });
    });

    it("renews no claim that the same worker lost before it claimed the rollout again", async () => {
      await create();
      const former = await claimOne(store, "w", 0);
      expect(await store.queue.reclaim(ctx)).toBe(1);
      const present = await claimOne(store, "w");
      const renewed = (claim: Claim) =>
        store.queue.renew(ctx, { worker: "w", rollouts: [claimedOf(claim)], leaseMs: 60_000 });
      expect((await renewed(former)).held).toEqual([]);
      expect((await renewed(present)).held).toEqual([{ id: former.rollout.id, fence: former.fence + 1 }]);
    });

    it("lets run out what the worker no longer names", async () => {
      await create({ tasks: 2 });
      const named = await claimOne(store, "w", 0);
      const forgotten = await claimOne(store, "w", 0);
      const rollouts = [claimedOf(named)];
      expect((await store.queue.renew(ctx, { worker: "w", rollouts, leaseMs: 60_000 })).held).toEqual(rollouts);
      expect(await store.queue.reclaim(ctx)).toBe(1);
      await expect(store.queue.finish(ctx, forgotten, asScored)).rejects.toMatchObject({ code: "lease_lost" });
      expect(await store.queue.finish(ctx, named, asScored)).toEqual({ sequence: 1 });
    });
  });

  describe("reclaim", () => {
    it("takes back leases that ran out, and no others", async () => {
      const job = await create({ tasks: 2 });
      const dead = await claimOne(store, "dead", 0);
      const alive = await claimOne(store, "alive");
      expect(await store.queue.reclaim(ctx)).toBe(1);
      expect((await jobNow(job.id)).tally).toMatchObject({ queued: 1, running: 1 });
      expect(await store.rollouts.attempts(ctx, dead.rollout.id)).toMatchObject([
        { outcome: null, retried: true, error: null },
      ]);
      expect((await store.rollouts.attempts(ctx, dead.rollout.id))[0]?.endedAt).not.toBeNull();
      expect(await store.queue.finish(ctx, alive, asScored)).toEqual({ sequence: 1 });
      expect(await store.queue.reclaim(ctx)).toBe(0);
    });

    it("takes every lease of others for the single owner", async () => {
      await create({ tasks: 2 });
      await claimOne(store, "before");
      const mine = claimedOf(await claimOne(store, "me"));
      expect(await store.queue.reclaim(ctx, { orphansOf: "me" })).toBe(1);
      expect((await store.queue.renew(ctx, { worker: "me", rollouts: [mine], leaseMs: 1000 })).held).toEqual([mine]);
    });

    it("gives up a rollout that kills its workers", async () => {
      const job = await create();
      for (let lost = 1; lost <= LOST_ATTEMPTS_MAX; lost++) {
        expect((await jobNow(job.id)).state).not.toBe("completed");
        await claimOne(store, "w", 0);
        expect(await store.queue.reclaim(ctx)).toBe(1);
      }
      expect(await jobNow(job.id)).toMatchObject({
        state: "completed",
        tally: { masked: 1, outcomes: { timed_out: 1 } },
      });
      const [rollout] = await page(job.id);
      expect(rollout).toMatchObject({ judgement: masked("timed_out"), attempts: LOST_ATTEMPTS_MAX, sequence: 1 });
    });
  });
}
