import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { masked, scored, truncated } from "../../src/core/outcome.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { groupsOf } from "../../src/rollouts/metrics/groups.ts";
import type { JobFilter, RolloutFilter } from "../../src/store/port.ts";
import { claimAs, contextOf, ctx, finished, newJob, startTestStore, type TestStore } from "./support.ts";

let test: TestStore;
beforeAll(async () => {
  test = await startTestStore();
});
beforeEach(() => test.reset());
afterAll(() => test.close());

describe("lists of jobs", () => {
  const listed = async (filter: JobFilter) => {
    const jobs = await test.store.jobs.list(ctx, { before: null, limit: 10, filter });
    return jobs.map(({ id }) => id).reverse();
  };

  it("hold the jobs with these labels, and no others that look alike", async () => {
    const jobs = [
      newJob({ labels: { run: "a", note: 'x,"run":"b"' } }),
      newJob({ labels: { run: "b" } }),
      newJob({ labels: { 'x"run': "b", "x,run": "b" } }),
      // Half of a pair, which Postgres cannot hold as text.
      newJob({ labels: { note: "\ud800", run: "b", team: "t" } }),
    ];
    for (const job of jobs) await test.store.jobs.create(ctx, job);
    const [first, second, , last] = jobs.map(({ id }) => id);
    expect(await listed({ labels: { run: "b" } })).toEqual([second, last]);
    expect(await listed({ labels: { run: "b", team: "t" } })).toEqual([last]);
    expect(await listed({ labels: { run: "a" } })).toEqual([first]);
    expect(await listed({ labels: { note: "\ud800" } })).toEqual([last]);
    expect(await listed({ labels: { run: "" } })).toEqual([]);
  });

  it("hold the jobs in these states and of this environment", async () => {
    const ended = newJob({ tasks: 0 });
    const other = newJob({ environment: "geometry" });
    for (const job of [ended, other]) await test.store.jobs.create(ctx, job);
    expect(await listed({ states: ["completed", "cancelled"] })).toEqual([ended.id]);
    expect(await listed({ states: ["queued"], environment: "geometry" })).toEqual([other.id]);
    expect(await listed({ states: ["queued"], environment: "arithmetic" })).toEqual([]);
    expect(await listed({ states: [] })).toEqual([]);
  });

  it("refuse to go on after a job that is not there, or is another tenant's", async () => {
    const job = newJob();
    await test.store.jobs.create(contextOf("other"), job);
    for (const before of ["job_nowhere", job.id]) {
      const error = await test.store.jobs.list(ctx, { before, limit: 1 }).catch((thrown: unknown) => thrown);
      expect(SandlotError.is(error, "not_found")).toBe(true);
    }
  });
});

describe("rollouts of a job", () => {
  /** Two tasks of three: rewards 1, 0 and none; 0.5 cut off, masked by its limit, and not done. */
  async function played(): Promise<string> {
    const job = newJob({ tasks: 2, repeats: 3 });
    await test.store.jobs.create(ctx, job);
    const ends = [
      scored(1),
      scored(0),
      masked("sandbox_error"),
      truncated("turns", 0.5, "score"),
      truncated("length", null, "score"),
    ];
    const claims = await claimAs(test.store, "worker", 6);
    const inOrder = claims.toSorted(
      (a, b) => a.rollout.taskIndex - b.rollout.taskIndex || a.rollout.rolloutIndex - b.rollout.rolloutIndex,
    );
    for (const [i, end] of ends.entries()) {
      const claim = inOrder[i];
      if (claim)
        await test.store.queue.finish(ctx, claim, finished(end, { metrics: { n: i }, answer: i === 1 ? "" : "a" }));
    }
    return job.id;
  }

  it("are listed by task, reward, mask and outcome, with sequences that go on", async () => {
    const jobId = await played();
    const found = async (filter: RolloutFilter, after = 0) => {
      const rows = await test.store.rollouts.page(ctx, jobId, { ...filter, after, limit: 10 });
      return rows.map(({ sequence }) => sequence);
    };
    expect(await found({})).toEqual([1, 2, 3, 4, 5]);
    expect(await found({ taskId: "task-1" })).toEqual([4, 5]);
    expect(await found({ taskId: "task-7" })).toEqual([]);
    expect(await found({ minReward: 0.5 })).toEqual([1, 4]);
    expect(await found({ minReward: 0.5, maxReward: 0.5 })).toEqual([4]);
    expect(await found({ maxReward: 0 })).toEqual([2]);
    expect(await found({ masked: true })).toEqual([3, 5]);
    expect(await found({ masked: true }, 3)).toEqual([5]);
    expect(await found({ outcomes: ["truncated"], masked: false })).toEqual([4]);
  });

  it("are measured group by group, those that are not done too, and only for their tenant", async () => {
    const jobId = await played();
    const groups = [];
    for await (const rows of groupsOf(test.store.rollouts, ctx, jobId)) groups.push(rows);
    expect(groups.map((rows) => rows.map(({ taskIndex, rolloutIndex }) => [taskIndex, rolloutIndex]))).toEqual(
      [0, 1].map((task) => [0, 1, 2].map((place) => [task, place])),
    );
    expect(groups.flat().map(({ judgement, answer, metrics }) => [judgement?.reward, answer, metrics])).toEqual([
      [1, "a", { n: 0 }],
      [0, "", { n: 1 }],
      [null, "a", { n: 2 }],
      [0.5, "a", { n: 3 }],
      [null, "a", { n: 4 }],
      [undefined, null, {}],
    ]);
    const query = { after: { taskIndex: 0, rolloutIndex: 1 }, fromTask: null, toTask: 0, limit: 10 };
    expect(await test.store.rollouts.measures(ctx, jobId, query)).toHaveLength(1);
    expect(await test.store.rollouts.measures(contextOf("other"), jobId, query)).toEqual([]);
    const tasks = await test.store.rollouts.tasks(ctx, jobId, { from: 1, limit: 5 });
    expect(tasks.map(({ taskIndex, taskId, part }) => [taskIndex, taskId, part])).toEqual([[1, "task-1", "row-1"]]);
    expect(await test.store.rollouts.tasks(contextOf("other"), jobId, { from: 0, limit: 5 })).toEqual([]);
  });
});
