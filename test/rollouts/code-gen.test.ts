import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import { type Job, JobSubmission, type JobSubmissionInput } from "../../src/contract/jobs.ts";
import { outputText, ResponseObject } from "../../src/contract/responses.ts";
import type { Rollout, RolloutPage, RolloutRecord } from "../../src/contract/rollouts.ts";
import { type CallContext, rootContext } from "../../src/core/context.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { EXPECTATIONS, type Fixture, readFixtures } from "../../src/resources/check/fixtures.ts";
import { allRollouts, ctx, openPlatform, recordOf, runJob, submit } from "../support/platform.ts";

const REPEATS = 4;
const RECORDED = { environment: "code_gen", repeats: REPEATS } as const;

/** Without the scope `hidden_tests`. */
const outsider: CallContext = rootContext({ principal: { tenant: "default", scopes: ["jobs"] } });

type Platform = Awaited<ReturnType<typeof openPlatform>>;

interface PageQuery {
  readonly limit: number;
  readonly outcomes?: readonly Outcome[];
  readonly records?: boolean;
}

/** Every page of a finished job, by cursor. */
async function pagesOf(platform: Platform, jobId: string, query: PageQuery): Promise<RolloutPage[]> {
  const { limit, outcomes = null, records = false } = query;
  const pages: RolloutPage[] = [];
  for (let cursor: string | null = null; ;) {
    const page: RolloutPage = await platform.jobs.rollouts(ctx, jobId, { cursor, limit, outcomes, records });
    pages.push(page);
    if (page.complete) return pages;
    cursor = page.next_cursor;
  }
}

const itemsOf = (pages: readonly RolloutPage[]) => pages.flatMap((page) => page.items);

/** What the model answered, as the endpoint's body has it. */
function answerOf(record: RolloutRecord): string {
  const body = record.trajectory?.calls.at(-1)?.response ?? "{}";
  return outputText(ResponseObject.parse(JSON.parse(body)).output);
}

describe("code_gen's recorded attempts, through the whole chain", () => {
  let platform: Platform;
  let job: Job;
  let rollouts: Rollout[];
  let records: RolloutRecord[];
  let fixtures: Map<string, Fixture>;
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const { config } = loadConfig({ env: {} });
    const replay = await cliServices.startReplay(config, "code_gen", null);
    stops.push(() => replay.stop());
    platform = await openPlatform({ provider: "local", modelUrl: replay.url });
    stops.push(() => platform.dispose());
    const environment = await platform.environments.get("code_gen");
    const own = await readFixtures(environment.folder);
    fixtures = new Map(own.map((fixture) => [`${fixture.task}\n${fixture.answer}`, fixture]));
    const played = await runJob(platform, RECORDED);
    rollouts = played.rollouts;
    job = await platform.jobs.get(ctx, played.jobId);
    records = itemsOf(await pagesOf(platform, job.id, { limit: 100, records: true })) as RolloutRecord[];
  });
  afterAll(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  it("plays every task as often as asked, each attempt once", () => {
    const played = rollouts.map((rollout) => `${rollout.task_index}/${rollout.rollout_index}`).sort();
    const wanted = Array.from({ length: 28 * REPEATS }, (_, i) => `${Math.floor(i / REPEATS)}/${i % REPEATS}`).sort();
    expect(played).toEqual(wanted);
    expect(rollouts.map((rollout) => rollout.sequence)).toEqual(wanted.map((_, i) => i + 1));
    expect(job).toMatchObject({ state: "completed", tasks: 28, replay: true });
    expect(job.tally).toMatchObject({ requested: 112, queued: 0, running: 0, scored: 112, truncated: 0, masked: 0 });
  });

  it("gives every rollout the reward and the reason that its fixture's kind promises", () => {
    let sum = 0;
    for (const record of records) {
      const fixture = fixtures.get(`${record.task_id}\n${answerOf(record)}`);
      expect(fixture, record.task_id).toBeDefined();
      if (!fixture) continue;
      const { reward, reasons } = EXPECTATIONS[fixture.kind];
      const label = `${fixture.task}/${fixture.name}: ${record.verdict?.message}`;
      expect(record, label).toMatchObject({
        outcome: "scored",
        reward: reward === "highest" ? 1 : 0,
        masked: false,
        truncated_by: null,
        replay: true,
      });
      expect(record.reason, label).toBe(record.verdict?.reason);
      if (reward === "highest") expect(record.reason, label).toBeNull();
      else if (reasons) expect(reasons, label).toContain(record.reason);
      else expect(record.reason, label).not.toBeNull();
      sum += record.reward ?? Number.NaN;
    }
    expect(job.mean_reward).toBeCloseTo(sum / 112, 10);
  });

  it("deals out each recorded attempt of a task once", () => {
    const dealt = new Map<string, string[]>();
    for (const record of records) {
      const name = fixtures.get(`${record.task_id}\n${answerOf(record)}`)?.name ?? "";
      dealt.set(record.task_id, [...(dealt.get(record.task_id) ?? []), name]);
    }
    expect(dealt.get("longest-dry-spell")?.sort()).toEqual([
      "hack-exit-zero",
      "honest-groupby",
      "reference",
      "wrong-latest-spell",
    ]);
  });

  it("pages by cursor: any page size brings the same rollouts in the same order", async () => {
    for (const limit of [1, 7, 112, 500]) {
      const pages = await pagesOf(platform, job.id, { limit });
      expect(itemsOf(pages)).toEqual(rollouts);
      for (const page of pages.slice(0, -1)) {
        expect(page.items).toHaveLength(limit);
        expect(page.next_cursor).toBe(String(page.items.at(-1)?.sequence));
      }
    }
  });

  it("filters by outcome", async () => {
    expect(itemsOf(await pagesOf(platform, job.id, { limit: 50, outcomes: ["scored", "truncated"] }))).toEqual(
      rollouts,
    );
    const [none, ...more] = await pagesOf(platform, job.id, { limit: 50, outcomes: ["model_error", "cancelled"] });
    expect(none).toMatchObject({ items: [], complete: true });
    expect(more).toEqual([]);
  });

  it("pages with records hold what the list and the single rollout hold", async () => {
    expect(records.map((record) => record.id)).toEqual(rollouts.map((rollout) => rollout.id));
    for (const [index, rollout] of rollouts.entries()) expect(records[index]).toMatchObject({ ...rollout });
    for (const rollout of rollouts.slice(0, 5)) {
      expect(await recordOf(platform, rollout)).toEqual(records.find(({ id }) => id === rollout.id));
    }
    const wide = await platform.jobs.rollouts(ctx, job.id, { cursor: null, limit: 500, outcomes: null, records: true });
    expect(wide).toMatchObject({ next_cursor: "100", complete: false });
  });

  it("a cursor that is none is refused", async () => {
    for (const cursor of ["x", "-1", "1.5", "9".repeat(30)]) {
      const query = { cursor, limit: 5, outcomes: null, records: false };
      await expect(platform.jobs.rollouts(ctx, job.id, query)).rejects.toMatchObject({ code: "invalid_request" });
    }
  });

  it("shows hidden tests only to those who may read them", async () => {
    const failed = rollouts.find((rollout) => rollout.reason === "wrong_answer");
    if (!failed) throw new Error("no rollout failed");
    const open = await platform.jobs.rollout(ctx, failed.id);
    const [openCase] = open.verdict?.cases ?? [];
    expect(open.row).toMatchObject({ task_id: failed.task_id });
    expect(openCase?.expected).toEqual(expect.any(String));
    const closed = await platform.jobs.rollout(outsider, failed.id);
    expect(closed).toMatchObject({ row: null, reward: 0, reason: "wrong_answer" });
    expect(closed.verdict?.cases.length).toBe(open.verdict?.cases.length);
    for (const testCase of closed.verdict?.cases ?? []) expect(testCase).toMatchObject({ input: null, expected: null });
    // By way of lists neither.
    const query = { cursor: null, limit: 100, outcomes: null, records: true };
    const page = await platform.jobs.rollouts(outsider, job.id, query);
    for (const item of page.items as RolloutRecord[]) {
      expect(item.row).toBeNull();
      for (const testCase of item.verdict?.cases ?? []) expect(testCase).toMatchObject({ input: null, expected: null });
    }
  });

  it("the same key with the same body answers the same job, with another body a conflict", async () => {
    const send = (submission: JobSubmissionInput, idempotencyKey: string | null) =>
      platform.jobs.submit(ctx, {
        submission: JobSubmission.parse(submission),
        body: JSON.stringify(submission),
        idempotencyKey,
      });
    const one: JobSubmissionInput = { environment: "code_gen", tasks: { task_ids: ["word-shapes"] } };
    const first = await send(one, "key-1");
    expect(first.created).toBe(true);
    const again = await send(one, "key-1");
    expect(again).toMatchObject({ created: false, job: { id: first.job.id } });
    await expect(send({ ...one, repeats: 2 }, "key-1")).rejects.toMatchObject({
      code: "idempotency_conflict",
      context: { key: "key-1", job_id: first.job.id },
    });
    const others = await Promise.all([send(one, "key-2"), send(one, null), send(one, null)]);
    expect(new Set([first.job.id, ...others.map((other) => other.job.id)]).size).toBe(4);
    // Ten at once with a new key are one job, too.
    const crowd = await Promise.all(Array.from({ length: 10 }, () => send(one, "key-3")));
    expect(new Set(crowd.map((submitted) => submitted.job.id)).size).toBe(1);
    expect(crowd.filter((submitted) => submitted.created)).toHaveLength(1);
  });

  it("a job that is cancelled in the middle ends every rollout, and keeps what was scored", async () => {
    const { job: submitted } = await submit(platform, RECORDED);
    const seen: Rollout[] = [];
    let end: Job | null = null;
    for await (const event of platform.jobs.events(ctx, submitted.id, 0)) {
      if (event.type === "end") end = event.job;
      if (event.type !== "rollout") continue;
      seen.push(event.rollout);
      if (seen.length === 10) expect((await platform.jobs.cancel(ctx, submitted.id, 60_000)).state).toMatch(/^cancel/);
    }
    const ended = await allRollouts(platform, submitted.id);
    expect(ended).toEqual(seen);
    expect(ended).toHaveLength(112);
    const cancelled = ended.filter((rollout) => rollout.outcome === "cancelled");
    const finished = ended.filter((rollout) => rollout.outcome === "scored");
    expect(cancelled.length).toBeGreaterThan(0);
    expect(finished.length).toBeGreaterThanOrEqual(10);
    expect(cancelled.length + finished.length).toBe(112);
    for (const rollout of cancelled) expect(rollout).toMatchObject({ state: "done", reward: null, masked: true });
    for (const rollout of finished)
      expect(rollout).toMatchObject({ masked: false, reward: expect.any(Number) as number });
    expect(end).toMatchObject({ id: submitted.id, state: "cancelled" });
    expect(end?.tally).toMatchObject({
      requested: 112,
      queued: 0,
      running: 0,
      scored: finished.length,
      truncated: 0,
      masked: cancelled.length,
    });
    // Cancelled rollouts are recorded like others: each with a ledger that says so.
    for (const rollout of cancelled.slice(0, 20)) {
      const { ledger } = await recordOf(platform, rollout);
      expect(ledger).toHaveLength(rollout.attempts);
      for (const attempt of ledger) expect(attempt).toMatchObject({ outcome: "cancelled", retried: false });
    }
    expect(await pagesOf(platform, submitted.id, { limit: 500, outcomes: ["cancelled"] }).then(itemsOf)).toEqual(
      cancelled,
    );
    await expect(platform.jobs.cancel(ctx, job.id, 60_000)).rejects.toMatchObject({ code: "job_ended" });
  });
});
