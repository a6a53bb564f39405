import { describe, expect, it } from "vitest";
import { masked, scored } from "../../../src/core/outcome.ts";
import { asScored, claimAs, claimOne, contextOf, ctx, finished, newJob, sandboxError } from "../support.ts";
import type { Subject } from "./subject.ts";

/** How every Store must complete groups and hand them out. */
export function groupsConformance({ store, create, jobNow, page }: Subject): void {
  const groupsOf = (id: string, after = 0) => store.groups.page(ctx, id, { after, limit: 100 });
  const finishAll = async (limit = 100) => {
    for (const claim of await claimAs(store, "w", limit)) await store.queue.finish(ctx, claim, asScored);
  };

  describe("groups", () => {
    it("are complete with their last rollout, in that order, and then whole", async () => {
      const job = await create({ tasks: 2, repeats: 2 });
      const [a0, a1, b0, b1] = await claimAs(store, "w", 4);
      if (!a0 || !a1 || !b0 || !b1) throw new Error("four are due");
      await store.queue.finish(ctx, b1, asScored);
      await store.queue.finish(ctx, a0, asScored);
      expect(await groupsOf(job.id)).toEqual([]);
      await store.queue.finish(ctx, b0, finished(masked("sandbox_error")));
      await store.queue.finish(ctx, a1, asScored);
      const groups = await groupsOf(job.id);
      expect(groups.map((group) => [group.sequence, group.taskIndex])).toEqual([
        [1, 1],
        [2, 0],
      ]);
      expect(groups[0]?.rollouts.map((row) => row.judgement?.outcome)).toEqual(["sandbox_error", "scored"]);
      expect(await groupsOf(job.id, 1)).toEqual([groups[1]]);
      expect(await jobNow(job.id)).toMatchObject({ state: "completed", completeGroups: 2 });
    });

    it("complete together with a batch of ends, each once", async () => {
      const job = await create({ tasks: 20, repeats: 3 });
      const claims = await claimAs(store, "w", 60);
      await Promise.all(claims.map((claim) => store.queue.finish(ctx, claim, asScored)));
      const groups = await groupsOf(job.id);
      expect(groups.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(new Set(groups.map(({ taskIndex }) => taskIndex)).size).toBe(20);
    });

    it("that have as many as are wanted end the rest as surplus, whether it waits or runs", async () => {
      const job = await create({ repeats: 5, groups: { wanted: 2, window: null, seconds: null } });
      const [a, b, c, d] = await claimAs(store, "w", 4);
      if (!a || !b || !c || !d) throw new Error("four are due");
      await store.queue.finish(ctx, a, finished(masked("sandbox_error")));
      await store.queue.finish(ctx, b, asScored);
      expect(await groupsOf(job.id)).toEqual([]);
      await store.queue.finish(ctx, c, asScored);
      const [group] = await groupsOf(job.id);
      expect(group?.rollouts.map(({ judgement, reason }) => [judgement?.outcome, reason])).toEqual([
        ["sandbox_error", null],
        ["scored", null],
        ["scored", null],
        ["cancelled", "surplus"],
        ["cancelled", "surplus"],
      ]);
      await expect(store.queue.finish(ctx, d, asScored)).rejects.toMatchObject({ code: "lease_lost" });
      expect(await store.rollouts.attempts(ctx, d.rollout.id)).toMatchObject([
        { outcome: "cancelled", retried: false },
      ]);
      expect(await jobNow(job.id)).toMatchObject({ state: "completed", tally: { scored: 2, masked: 3, running: 0 } });
    });

    it("are begun in order, no more than the window at once", async () => {
      await create({ tasks: 4, repeats: 2, groups: { wanted: null, window: 2, seconds: null } });
      const first = await claimAs(store, "w", 9);
      expect(first.map(({ rollout }) => rollout.taskIndex)).toEqual([0, 0, 1, 1]);
      for (const claim of first.slice(2)) await store.queue.finish(ctx, claim, asScored);
      expect(await claimAs(store, "w", 9)).toEqual([]);
      for (const claim of first.slice(0, 2)) await store.queue.finish(ctx, claim, asScored);
      expect((await claimAs(store, "w", 9)).map(({ rollout }) => rollout.taskIndex)).toEqual([2, 2, 3, 3]);
    });

    it("of a paused job have as much time left when it goes on", async () => {
      const job = await create({ repeats: 2, groups: { wanted: null, window: null, seconds: 0.2 } });
      await claimOne(store);
      await store.jobs.pause(ctx, job.id);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await store.queue.endOverdue(ctx)).toBe(0);
      await store.jobs.resume(ctx, job.id);
      expect(await store.queue.endOverdue(ctx)).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await store.queue.endOverdue(ctx)).toBe(2);
    });

    it("end at their deadline, which begins with their first claim", async () => {
      const job = await create({ tasks: 2, repeats: 2, groups: { wanted: null, window: null, seconds: 0.01 } });
      const claim = await claimOne(store);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await store.queue.endOverdue(ctx)).toBe(2);
      expect(await store.queue.endOverdue(ctx)).toBe(0);
      await expect(store.queue.finish(ctx, claim, asScored)).rejects.toMatchObject({ code: "lease_lost" });
      const [group, ...others] = await groupsOf(job.id);
      expect(others).toEqual([]);
      expect(group?.rollouts.map(({ judgement, reason }) => [judgement?.outcome, reason])).toEqual([
        ["timed_out", "group_deadline"],
        ["timed_out", "group_deadline"],
      ]);
      expect((await jobNow(job.id)).tally).toMatchObject({ queued: 2, masked: 2 });
    });
  });

  describe("deliveries", () => {
    const take = async (jobId: string, limit = 10, leaseMs = 60_000, consumer = "trainer") =>
      (await store.groups.take(ctx, { jobId, consumer, limit, leaseMs })).delivery;
    const sequences = (delivery: { groups: readonly { sequence: number }[] } | null) =>
      delivery?.groups.map(({ sequence }) => sequence);

    it("go to one of a consumer's name, and again to another name", async () => {
      const job = await create({ tasks: 5 });
      await finishAll();
      const [a, b] = [await take(job.id, 2), await take(job.id, 9)];
      expect([sequences(a), sequences(b)]).toEqual([
        [1, 2],
        [3, 4, 5],
      ]);
      expect(await take(job.id)).toBeNull();
      expect(sequences(await take(job.id, 9, 60_000, "evaluator"))).toEqual([1, 2, 3, 4, 5]);
    });

    it("move the cursor over what is acknowledged without a gap; asking twice is fine", async () => {
      const job = await create({ tasks: 5 });
      await finishAll();
      const [a, b] = [await take(job.id, 2), await take(job.id, 1)];
      if (!a || !b) throw new Error("there are five");
      expect(await store.groups.acknowledge(ctx, job.id, b.id)).toEqual({ cursor: 0 });
      expect(await store.groups.acknowledge(ctx, job.id, a.id)).toEqual({ cursor: 3 });
      expect(await store.groups.acknowledge(ctx, job.id, a.id)).toEqual({ cursor: 3 });
      await store.groups.handBack(ctx, job.id, a.id);
      expect(sequences(await take(job.id))).toEqual([4, 5]);
    });

    it("come again when their lease has run out or they are handed back, and count it", async () => {
      const job = await create({ tasks: 2 });
      await finishAll();
      const late = await take(job.id, 2, 0);
      const again = await take(job.id, 1);
      expect(again?.groups.map(({ sequence, deliveries }) => [sequence, deliveries])).toEqual([[1, 2]]);
      // The first lease was over both groups: half of it is not enough.
      await expect(store.groups.acknowledge(ctx, job.id, late?.id ?? "")).rejects.toMatchObject({
        code: "delivery_lost",
      });
      await store.groups.handBack(ctx, job.id, again?.id ?? "");
      expect((await take(job.id))?.groups.map(({ sequence, deliveries }) => [sequence, deliveries])).toEqual([
        [1, 3],
        [2, 2],
      ]);
    });

    it("are the tenant's own", async () => {
      const job = await create({ tasks: 1 });
      await finishAll();
      const other = contextOf("other");
      const request = { jobId: job.id, consumer: "trainer", limit: 1, leaseMs: 1000 };
      await expect(store.groups.take(other, request)).rejects.toMatchObject({ code: "not_found" });
      // Nor does the other's asking take anything from the owner.
      const delivery = await take(job.id);
      expect(delivery?.groups).toHaveLength(1);
      const lost = { code: "delivery_lost" };
      await expect(store.groups.acknowledge(other, job.id, delivery?.id ?? "")).rejects.toMatchObject(lost);
      expect(await store.groups.page(other, job.id, { after: 0, limit: 9 })).toEqual([]);
    });

    it("never hand a group to two of many at once", async () => {
      const job = await create({ tasks: 60 });
      await finishAll();
      const seen: number[] = [];
      const taker = async () => {
        for (let taken = await take(job.id, 3); taken; taken = await take(job.id, 3)) {
          seen.push(...taken.groups.map(({ sequence }) => sequence));
          await store.groups.acknowledge(ctx, job.id, taken.id);
        }
      };
      await Promise.all(Array.from({ length: 8 }, taker));
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    });
  });

  describe("a job's life", () => {
    it("gives nothing out while it is paused, and lets what runs end", async () => {
      const job = await create({ tasks: 2 });
      const claim = await claimOne(store);
      expect(await store.jobs.pause(ctx, job.id)).toMatchObject({ state: "paused" });
      expect(await claimAs(store, "w")).toEqual([]);
      await store.queue.finish(ctx, claim, asScored);
      expect(await store.jobs.resume(ctx, job.id)).toMatchObject({ state: "running" });
      await finishAll();
      expect(await jobNow(job.id)).toMatchObject({ state: "completed" });
      await expect(store.jobs.pause(ctx, job.id)).rejects.toMatchObject({ code: "job_ended" });
    });

    it("takes batches while it is open-ended, each key once, and ends when it is closed", async () => {
      const job = await create({ tasks: 0, accepting: true });
      expect(job).toMatchObject({ state: "queued", tasks: 0, accepting: true });
      const { tasks } = newJob({ tasks: 2, repeats: 3 });
      const batch = { tasks, idempotency: { key: "b1", digest: "d" } };
      expect(await store.jobs.addTasks(ctx, job.id, batch)).toMatchObject({ added: true, job: { tasks: 2 } });
      expect(await store.jobs.addTasks(ctx, job.id, batch)).toMatchObject({ added: false, job: { tasks: 2 } });
      const other = { tasks, idempotency: { key: "b1", digest: "e" } };
      await expect(store.jobs.addTasks(ctx, job.id, other)).rejects.toMatchObject({ code: "idempotency_conflict" });
      await finishAll();
      expect(await jobNow(job.id)).toMatchObject({ state: "running", completeGroups: 2, tally: { scored: 6 } });
      await store.jobs.addTasks(ctx, job.id, { tasks, idempotency: null });
      await finishAll();
      expect((await page(job.id)).map((row) => [row.taskIndex, row.rolloutIndex]).at(-1)).toEqual([3, 2]);
      expect(await store.jobs.close(ctx, job.id)).toMatchObject({ state: "completed", accepting: false });
      const late = store.jobs.addTasks(ctx, job.id, { tasks, idempotency: null });
      await expect(late).rejects.toMatchObject({ code: "job_closed" });
    });

    it("ends at its deadline with what is open timed out", async () => {
      const job = await create({ tasks: 3, deadline: new Date(Date.now() + 100) });
      const claim = await claimOne(store);
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(await claimAs(store, "w")).toEqual([]);
      expect(await store.queue.endOverdue(ctx)).toBe(3);
      await expect(store.queue.retry(ctx, claim, sandboxError, 0)).rejects.toMatchObject({ code: "lease_lost" });
      expect(await jobNow(job.id)).toMatchObject({ state: "completed", tally: { outcomes: { timed_out: 3 } } });
      expect((await page(job.id)).every((row) => row.reason === "job_deadline")).toBe(true);
    });

    it("ends what runs of a cancelled job when its grace is over", async () => {
      const job = await create({ tasks: 2 });
      const claim = await claimOne(store);
      expect(await store.jobs.cancel(ctx, job.id, 60_000)).toMatchObject({
        state: "cancelling",
        tally: { running: 1 },
      });
      expect(await store.queue.endOverdue(ctx)).toBe(0);
      expect(await store.jobs.cancel(ctx, job.id, 0)).toMatchObject({ state: "cancelled", tally: { masked: 2 } });
      await expect(store.queue.finish(ctx, claim, asScored)).rejects.toMatchObject({ code: "lease_lost" });
    });

    it("is played again where it was masked, as a job of its own", async () => {
      const job = await create({ tasks: 3, repeats: 2, labels: { run: "a" } });
      const claims = await claimAs(store, "w", 6);
      const ends = [
        masked("sandbox_error"),
        scored(1),
        scored(0),
        scored(1),
        masked("model_error"),
        masked("model_error"),
      ];
      const id = "job_again";
      const retry = { id, outcomes: ["sandbox_error", "model_error"] as const, idempotency: null };
      await expect(store.jobs.retry(ctx, job.id, retry)).rejects.toMatchObject({ code: "job_open" });
      for (const [n, claim] of claims.entries()) {
        await store.queue.finish(ctx, claim, finished(ends[n] ?? scored(0)));
      }
      const { job: again } = await store.jobs.retry(ctx, job.id, retry);
      expect(again).toMatchObject({ id, retryOf: job.id, tasks: 2, labels: { run: "a" }, tally: { queued: 3 } });
      const due = await claimAs(store, "w", 9);
      expect(due.map(({ rollout }) => [rollout.taskId, rollout.rolloutIndex])).toEqual([
        ["task-0", 0],
        ["task-2", 0],
        ["task-2", 1],
      ]);
      const none = store.jobs.retry(ctx, job.id, { ...retry, id: "job_none", outcomes: ["timed_out"] });
      await expect(none).rejects.toMatchObject({ code: "nothing_to_retry" });
    });
  });

  it("gives the places that a job cannot use to those behind it", async () => {
    const groups = { wanted: null, window: 1, seconds: null };
    await create({ tasks: 20, priority: 9, groups });
    await create({ tasks: 5 });
    expect((await claimAs(store, "w", 4)).map(({ job }) => job.priority)).toEqual([9, 0, 0, 0]);
    expect(await claimAs(store, "w", 9)).toHaveLength(2);
  });

  it("hides no job behind others that give nothing out", async () => {
    for (let i = 0; i < 40; i++) await store.jobs.pause(ctx, (await create({ priority: 9 })).id);
    for (let i = 0; i < 40; i++) await create({ priority: 8, model: "busy" });
    const job = await create();
    const rooms = new Map([["busy", 0]]);
    const claims = await store.queue.claim(ctx, { worker: "w", limit: 9, leaseMs: 60_000, rooms });
    expect(claims.map((claim) => claim.job.id)).toEqual([job.id]);
  });

  it("claims nothing of environments that are closed, and what comes after it", async () => {
    await create({ priority: 9, environment: "code_gen" });
    const job = await create({ environment: "instruction_following" });
    const claim = (closed: string[]) => store.queue.claim(ctx, { worker: "w", limit: 1, leaseMs: 60_000, closed });
    expect((await claim(["code_gen"])).map((one) => one.job.id)).toEqual([job.id]);
    expect((await claim([])).map((one) => one.job.environment)).toEqual(["code_gen"]);
  });

  it("shares rollouts out between tenants, and between jobs of one priority", async () => {
    const small = newJob({ tasks: 4 });
    await create({ tasks: 20, priority: 9 });
    await store.jobs.create(contextOf("small"), small);
    const claims = await claimAs(store, "w", 6);
    expect(claims.filter(({ job }) => job.tenant === "small")).toHaveLength(3);
    const next = await claimAs(store, "w", 6);
    expect(next.filter(({ job }) => job.tenant === "small")).toHaveLength(1);
  });
}
