import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyEvent, type JobLedger, ledgerTally, newLedger } from "../../src/core/machines/job-ledger.ts";
import { masked, type Outcome, scored } from "../../src/core/outcome.ts";
import type { Claim, Store } from "../../src/store/index.ts";
import { claimAs, ctx, finished, newJob, startTestStore, type TestStore } from "./support.ts";

let test: TestStore;
let store: Store;
beforeAll(async () => {
  test = await startTestStore();
  store = test.store;
});
afterAll(() => test.close());

const ROLLOUTS = 4;
const outcomes = fc.constantFrom<Outcome[]>("scored", "sandbox_error", "timed_out", "cancelled");
const picks = fc.nat({ max: ROLLOUTS - 1 });
const steps = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("claim" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("requeue" as const), rollout: picks }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("finish" as const), rollout: picks, outcome: outcomes }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cancel" as const) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const endOf = (outcome: Outcome) =>
  finished(outcome === "scored" || outcome === "truncated" ? scored(1) : masked(outcome), { outcome });

/** Does the step to the store; answers the ledger after the event it comes to. Refused steps must leave both as they are. */
async function play(ledger: JobLedger, jobId: string, claims: Map<number, Claim>, step: Step): Promise<JobLedger> {
  const { queue, jobs } = store;
  if (step.type === "claim") {
    const [claim] = await claimAs(store, "w");
    if (claim) {
      claims.set(claim.rollout.taskIndex, claim);
      return applyEvent(ledger, { type: "claim", rollout: claim.rollout.taskIndex });
    }
    for (let rollout = 0; rollout < ROLLOUTS; rollout++) {
      expect(applyEvent(ledger, { type: "claim", rollout })).toEqual(ledger);
    }
    return ledger;
  }
  if (step.type === "cancel") {
    await jobs.cancel(ctx, jobId, 30_000).catch((error: unknown) => expect(error).toMatchObject({ code: "job_ended" }));
    return applyEvent(ledger, step);
  }
  // The claim is kept when it has been used up: using it again is refused, or changes nothing.
  const claim = claims.get(step.rollout);
  if (claim) {
    const call =
      step.type === "finish"
        ? queue.finish(ctx, claim, endOf(step.outcome))
        : queue.retry(ctx, claim, { outcome: "sandbox_error", error: null }, 0);
    await call.catch((error: unknown) => expect(error).toMatchObject({ code: "lease_lost" }));
  }
  return applyEvent(ledger, step);
}

it("moves as the ledger of core moves, whatever happens", async () => {
  const property = fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (events) => {
    await test.reset();
    const { job } = await store.jobs.create(ctx, newJob({ tasks: ROLLOUTS }));
    const claims = new Map<number, Claim>();
    let ledger = newLedger(ROLLOUTS);
    for (const event of events) {
      ledger = await play(ledger, job.id, claims, event);
      const now = await store.jobs.get(ctx, job.id);
      expect({ state: now?.state, tally: now?.tally }).toEqual({ state: ledger.job, tally: ledgerTally(ledger) });
    }
    const ended = ledger.rollouts.filter((rollout) => rollout.state === "done").length;
    const rows = await store.rollouts.page(ctx, job.id, { after: 0, limit: 50, outcomes: null });
    expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: ended }, (_, i) => i + 1));
    for (const row of rows) {
      const { outcome, attempts } = ledger.rollouts[row.taskIndex] ?? {};
      expect([row.judgement?.outcome, row.attempts]).toEqual([outcome, attempts]);
      expect(await store.rollouts.attempts(ctx, row.id)).toHaveLength(row.attempts);
    }
  });
  await fc.assert(property, { numRuns: 40 });
});
