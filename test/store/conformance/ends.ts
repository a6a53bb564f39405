import { describe, expect, it } from "vitest";
import { masked, scored, truncated } from "../../../src/core/outcome.ts";
import { asScored, claimAs, claimOne, ctx, finished, newJob, sandboxError } from "../support.ts";
import type { Subject } from "./subject.ts";

/** How every Store must end rollouts and jobs. */
export function endsConformance({ store, create, jobNow, page, reset }: Subject): void {
  describe("ends", () => {
    it("records all of it and completes the job with the last", async () => {
      const job = await create({ tasks: 3, onTruncated: "score" });
      const [a, b, c] = await claimAs(store, "w", 3);
      if (!a || !b || !c) throw new Error("three are due");
      const end = finished(scored(0.5), {
        reason: "wrong_answer",
        rewardComponents: { format: 0.5 },
        metrics: { turns: 2 },
        times: { total_ms: 5, model_ms: 3, tools_ms: 1, verify_ms: 1 },
        record: { segment: "seg", offset: 2 ** 40, length: 12 },
      });
      expect(await store.queue.finish(ctx, b, end)).toEqual({ sequence: 1 });
      expect(await store.queue.finish(ctx, a, finished(truncated("turns", 0.1, "mask")))).toEqual({ sequence: 2 });
      expect(await jobNow(job.id)).toMatchObject({ state: "running", endedAt: null, meanReward: 0.5 });
      expect(await store.queue.finish(ctx, c, finished(scored(0)))).toEqual({ sequence: 3 });
      const ended = await jobNow(job.id);
      expect(ended).toMatchObject({ state: "completed", meanReward: 0.25 });
      expect(ended.tally).toMatchObject({ requested: 3, scored: 2, truncated: 1, masked: 0, queued: 0, running: 0 });
      expect(ended.endedAt).not.toBeNull();

      const rows = await page(job.id);
      expect(rows.map((row) => row.sequence)).toEqual([1, 2, 3]);
      expect(rows[0]).toMatchObject({
        id: b.rollout.id,
        state: "done",
        judgement: scored(0.5),
        reason: "wrong_answer",
      });
      const { rewardComponents, metrics, times, record } = end;
      expect(rows[0]).toMatchObject({ rewardComponents, metrics, times, record });
      expect(rows[1]?.judgement).toEqual(truncated("turns", 0.1, "mask"));
      expect(await store.rollouts.get(ctx, b.rollout.id)).toEqual(rows[0]);
      expect(await page(job.id, 2)).toEqual([rows[2]]);
      expect(await store.rollouts.page(ctx, job.id, { after: 0, limit: 9, outcomes: ["truncated"] })).toEqual([
        rows[1],
      ]);
      expect(await store.rollouts.page(ctx, job.id, { after: 0, limit: 9, outcomes: [] })).toEqual([]);
    });

    it("keeps text that Postgres cannot, in messages and task ids", async () => {
      const job = newJob();
      await store.jobs.create(ctx, { ...job, tasks: job.tasks.map((task) => ({ ...task, taskId: "\0\ud800" })) });
      const claim = await claimOne(store);
      const error = { code: "internal", message: "a\0b\ud800", context: { text: "\0" }, hint: "" };
      await store.queue.finish(ctx, claim, finished(masked("sandbox_error"), { error, reason: "a\0b" }));
      expect(await store.rollouts.attempts(ctx, claim.rollout.id)).toMatchObject([{ error, outcome: "sandbox_error" }]);
      expect(await store.rollouts.get(ctx, claim.rollout.id)).toMatchObject({
        taskId: "\0\ud800",
        reason: "a\uFFFDb",
      });
    });

    it("answers a repeated finish with the first one's sequence, and keeps the first", async () => {
      const job = await create();
      const claim = await claimOne(store);
      const answers = await Promise.all([
        store.queue.finish(ctx, claim, asScored),
        store.queue.finish(ctx, claim, asScored),
      ]);
      expect(answers).toEqual([{ sequence: 1 }, { sequence: 1 }]);
      await store.queue.finish(ctx, claim, finished(masked("cancelled")));
      expect(await jobNow(job.id)).toMatchObject({ state: "completed", tally: { scored: 1, masked: 0 } });
    });

    it("records the others where one of many that end together cannot be recorded", async () => {
      const job = await create({ tasks: 5 });
      const claims = await claimAs(store, "w", 5);
      const bad = finished(scored(1), { record: { segment: "a\0b", offset: 0, length: 1 } });
      const ends = claims.map((claim, n) => store.queue.finish(ctx, claim, n === 2 ? bad : asScored));
      const answers = await Promise.allSettled(ends);
      expect(answers.map(({ status }) => status)).toEqual(claims.map((_, n) => (n === 2 ? "rejected" : "fulfilled")));
      expect((await page(job.id)).map((row) => row.sequence)).toEqual([1, 2, 3, 4]);
    });

    it("retries after the delay only", async () => {
      await create();
      const first = await claimOne(store);
      await store.queue.retry(ctx, first, sandboxError, 60_000);
      expect(await claimAs(store, "w")).toEqual([]);
      await reset();
      await create();
      const again = await claimOne(store);
      await store.queue.retry(ctx, again, sandboxError, 0);
      const second = await claimOne(store);
      expect(second).toMatchObject({ attempt: 2, fence: 2, rollout: { id: again.rollout.id, attempts: 2 } });
      expect(await store.rollouts.attempts(ctx, second.rollout.id)).toMatchObject([
        { number: 1, outcome: "sandbox_error", retried: true },
        { number: 2, outcome: null, endedAt: null, retried: false },
      ]);
    });

    it("refuses every call of a claim that was lost", async () => {
      await create();
      const lost = await claimOne(store, "slow", 0);
      expect(await store.queue.reclaim(ctx)).toBe(1);
      for (const holder of ["nobody", "quick"]) {
        const held = holder === "quick" ? await claimOne(store, holder) : null;
        await expect(store.queue.finish(ctx, lost, asScored)).rejects.toMatchObject({ code: "lease_lost" });
        await expect(store.queue.retry(ctx, lost, sandboxError, 0)).rejects.toMatchObject({ code: "lease_lost" });
        await store.queue.release(ctx, [lost]);
        if (held) expect(await store.queue.finish(ctx, held, asScored)).toEqual({ sequence: 1 });
      }
      await expect(store.queue.finish(ctx, lost, asScored)).rejects.toMatchObject({ code: "lease_lost" });
    });

    it("forgets the attempts of what is released", async () => {
      const job = await create({ tasks: 3 });
      const claims = await claimAs(store, "w", 2);
      await store.queue.release(ctx, claims);
      expect((await jobNow(job.id)).tally).toMatchObject({ queued: 3, running: 0 });
      const again = await claimAs(store, "w", 3);
      expect(again.map((claim) => [claim.attempt, claim.fence])).toEqual([
        [1, 2],
        [1, 2],
        [1, 1],
      ]);
      expect(await store.rollouts.attempts(ctx, again[0]?.rollout.id ?? "")).toHaveLength(1);
    });
  });

  describe("cancel", () => {
    it("ends what is queued at once, with sequences, and the job with it", async () => {
      const job = await create({ tasks: 2, repeats: 2 });
      const cancelled = await store.jobs.cancel(ctx, job.id, 30_000);
      expect(cancelled).toMatchObject({
        state: "cancelled",
        startedAt: null,
        tally: { masked: 4, outcomes: { cancelled: 4 } },
      });
      expect(cancelled.endedAt).not.toBeNull();
      const rows = await page(job.id);
      expect(rows.map((row) => [row.sequence, row.taskIndex, row.rolloutIndex])).toEqual([
        [1, 0, 0],
        [2, 0, 1],
        [3, 1, 0],
        [4, 1, 1],
      ]);
      expect(rows[0]?.judgement).toEqual(masked("cancelled"));
      expect(await claimAs(store, "w")).toEqual([]);
      expect(await store.jobs.cancel(ctx, job.id, 30_000)).toEqual(cancelled);
    });

    it("waits for what runs, whose own end stands", async () => {
      const job = await create({ tasks: 3 });
      const claim = await claimOne(store);
      expect(await store.jobs.cancel(ctx, job.id, 30_000)).toMatchObject({
        state: "cancelling",
        tally: { running: 1, masked: 2 },
      });
      expect(await store.jobs.cancel(ctx, job.id, 30_000)).toMatchObject({ state: "cancelling" });
      expect(await store.queue.finish(ctx, claim, asScored)).toEqual({ sequence: 3 });
      expect(await jobNow(job.id)).toMatchObject({ state: "cancelled", tally: { scored: 1, masked: 2 } });
    });

    it.each(["retry", "release", "reclaim"] as const)("ends as cancelled what comes back by %s", async (way) => {
      const job = await create();
      const claim = await claimOne(store, "w", 0);
      await store.jobs.cancel(ctx, job.id, 30_000);
      if (way === "retry") await store.queue.retry(ctx, claim, sandboxError, 1000);
      else if (way === "release") await store.queue.release(ctx, [claim]);
      else await store.queue.reclaim(ctx);
      expect(await jobNow(job.id)).toMatchObject({
        state: "cancelled",
        tally: { masked: 1, outcomes: { cancelled: 1 } },
      });
      expect(await page(job.id)).toMatchObject([{ sequence: 1, judgement: masked("cancelled") }]);
      await expect(store.queue.finish(ctx, claim, asScored)).rejects.toMatchObject({ code: "lease_lost" });
    });

    it("comes too late for a job that has completed, and knows no other", async () => {
      const job = await create();
      await store.queue.finish(ctx, await claimOne(store), asScored);
      await expect(store.jobs.cancel(ctx, job.id, 30_000)).rejects.toMatchObject({ code: "job_ended" });
      await expect(store.jobs.cancel(ctx, "job_0", 30_000)).rejects.toMatchObject({ code: "not_found" });
    });
  });
}
