import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  applyEvent,
  completeGroups,
  type JobLedger,
  type LedgerEvent,
  ledgerTally,
  newLedger,
} from "../../src/core/machines/job-ledger.ts";
import { masked, type Outcome, scored } from "../../src/core/outcome.ts";
import type { Claim, RolloutRow, Store } from "../../src/store/index.ts";
import { claimAs, ctx, finished, newJob, query, startTestStore, type TestStore } from "./support.ts";

let test: TestStore;
let store: Store;
beforeAll(async () => {
  test = await startTestStore();
  store = test.store;
});
afterAll(() => test.close());

const TASKS = 2;
const REPEATS = 3;
const outcomes = fc.constantFrom<Outcome[]>("scored", "scored", "sandbox_error", "timed_out", "cancelled");
const picks = fc.nat({ max: 2 * TASKS * REPEATS - 1 });
const steps = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("claim" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("requeue" as const), rollout: picks }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("finish" as const), rollout: picks, outcome: outcomes }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("add" as const), tasks: fc.constant(1) }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...(["cancel", "force", "expire", "pause", "resume", "close"] as const).map((type) => ({ type })),
    ),
  },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const placeOf = ({ taskIndex, rolloutIndex }: RolloutRow) => taskIndex * REPEATS + rolloutIndex;
const endOf = (outcome: Outcome) =>
  finished(outcome === "scored" || outcome === "truncated" ? scored(1) : masked(outcome), { outcome });

/** What is refused leaves both as they are. */
const refused = (error: unknown) =>
  expect(["job_ended", "job_closed", "lease_lost"]).toContain((error as { code?: string }).code);

/** Does the step to the store; answers the event that it comes to, or null for one that must change nothing. */
async function play(
  ledger: JobLedger,
  jobId: string,
  claims: Map<number, Claim>,
  step: Step,
): Promise<LedgerEvent | null> {
  const { queue, jobs } = store;
  switch (step.type) {
    case "claim": {
      const [claim] = await claimAs(store, "w");
      if (claim) {
        claims.set(placeOf(claim.rollout), claim);
        return { type: "claim", rollout: placeOf(claim.rollout) };
      }
      for (const rollout of ledger.rollouts.keys()) {
        expect(applyEvent(ledger, { type: "claim", rollout })).toEqual(ledger);
      }
      return null;
    }
    case "requeue":
    case "finish": {
      // The claim is kept when it has been used up: using it again is refused, or changes nothing.
      const claim = claims.get(step.rollout);
      if (!claim) return null;
      const isRequeue = step.type === "requeue";
      const call = isRequeue
        ? queue.retry(ctx, claim, { outcome: "sandbox_error", error: null }, 0)
        : queue.finish(ctx, claim, endOf(step.outcome));
      await call.catch(refused);
      return step;
    }
    case "add":
      await jobs.addTasks(ctx, jobId, { tasks: newJob({ repeats: REPEATS }).tasks, idempotency: null }).catch(refused);
      return step;
    case "expire":
      await query(test.connection, `update jobs set deadline_at = now() where id = '${jobId}'`);
      await queue.endOverdue(ctx);
      await query(test.connection, `update jobs set deadline_at = null where id = '${jobId}'`);
      return step;
    case "cancel":
    case "force":
      await jobs.cancel(ctx, jobId, step.type === "force" ? 0 : 60_000).catch(refused);
      return step;
    case "pause":
    case "resume":
    case "close":
      await jobs[step.type](ctx, jobId).catch(refused);
      return step;
  }
}

it("moves as the ledger of core moves, whatever happens", async () => {
  const shapes = fc.record({ wanted: fc.constantFrom(2, REPEATS), accepting: fc.boolean() });
  const property = fc.asyncProperty(
    shapes,
    fc.array(steps, { maxLength: 40 }),
    async ({ wanted, accepting }, events) => {
      await test.reset();
      const groups = { wanted: wanted === REPEATS ? null : wanted, window: null, seconds: null };
      const { job } = await store.jobs.create(ctx, newJob({ tasks: TASKS, repeats: REPEATS, accepting, groups }));
      const claims = new Map<number, Claim>();
      let ledger = newLedger({ tasks: TASKS, repeats: REPEATS, wanted, accepting });
      for (const step of events) {
        const event = await play(ledger, job.id, claims, step);
        if (event) ledger = applyEvent(ledger, event);
        const now = await store.jobs.get(ctx, job.id);
        expect({
          state: now?.state,
          accepting: now?.accepting,
          tally: now?.tally,
          groups: now?.completeGroups,
        }).toEqual({
          state: ledger.job,
          accepting: ledger.accepting,
          tally: ledgerTally(ledger),
          groups: completeGroups(ledger),
        });
      }
      await expectRows(job.id, ledger);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

/** The rows say what the counts say: every end once, in sequence, with its ledger of attempts. */
async function expectRows(jobId: string, ledger: JobLedger): Promise<void> {
  const ended = ledger.rollouts.filter((rollout) => rollout.state === "done").length;
  const rows = await store.rollouts.page(ctx, jobId, { after: 0, limit: 100, outcomes: null });
  expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: ended }, (_, i) => i + 1));
  for (const row of rows) {
    const { outcome, attempts } = ledger.rollouts[placeOf(row)] ?? {};
    expect([row.judgement?.outcome, row.attempts]).toEqual([outcome, attempts]);
    const entries = await store.rollouts.attempts(ctx, row.id);
    expect(entries).toHaveLength(row.attempts);
    expect(entries.every(({ endedAt }) => endedAt !== null)).toBe(true);
  }
  const groups = await store.groups.page(ctx, jobId, { after: 0, limit: 100 });
  expect(groups.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: completeGroups(ledger) }, (_, i) => i + 1),
  );
  for (const group of groups) expect(group.rollouts).toHaveLength(REPEATS);
}
