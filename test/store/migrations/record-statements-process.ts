/**
 * Writes down what this version says to the database in its everyday work, for later versions to be tested against. To be run once, in the
 * tree of a version that is about to be followed by a new migration:
 * node --import tsx test/store/migrations/record-statements-process.ts > test/store/migrations/statements-NNNN.json
 */
import { Client } from "pg";
import { masked, scored } from "../../../src/core/outcome.ts";
import { claimAs, claimedOf, contextOf, ctx, finished, newJob, sandboxError, startTestStore } from "../support.ts";
import type { RecordedStatement } from "./replay.ts";

const test = await startTestStore();
const { store } = test;
const statements: RecordedStatement[] = [];
// The one place through which the driver sends what it is given.
const send = Reflect.get(Client.prototype, "query") as (...given: unknown[]) => Promise<{ rowCount: number | null }>;
Reflect.set(Client.prototype, "query", async function (this: Client, ...given: unknown[]) {
  const [text, parameters = []] = given;
  const result = await send.apply(this, given);
  statements.push({ text: String(text), parameters: parameters as unknown[], rows: result.rowCount });
  return result;
});

const record = { segment: "20260101t000000-0123456789ab-000001", offset: 0, length: 100 };
const idempotency = { key: "k", digest: "d" };
const shape = newJob({ id: "job_replayed", tasks: 4, repeats: 2, idempotency });
await store.jobs.create(ctx, shape);
await store.jobs.create(ctx, { ...shape, id: "job_again" });
const [first, second, third, fourth] = await claimAs(store, "old-worker", 4);
if (!first || !second || !third || !fourth) throw new Error("nothing was claimed");
await store.queue.renew(ctx, {
  worker: "old-worker",
  rollouts: [first, second].map(claimedOf),
  leaseMs: 60_000,
});
await store.queue.finish(ctx, first, finished(scored(0.5), { record }));
await store.queue.finish(ctx, second, finished(masked("model_error"), { reason: "model_timeout" }));
await store.queue.retry(ctx, third, sandboxError, 0);
await store.queue.release(ctx, [fourth]);
await claimAs(store, "old-worker", 1, 0);
await store.queue.reclaim(ctx);
const verdict = { rolloutId: first.rollout.id, judgement: scored(1), reason: null, error: null, record };
await store.verdicts.add(ctx, { jobId: shape.id, rescoreId: "res_1", verdicts: [verdict] });
await store.verdicts.list(ctx, first.rollout.id);
await store.jobs.get(ctx, shape.id);
await store.jobs.list(ctx, { before: null, limit: 10 });
await store.rollouts.page(ctx, shape.id, { after: 0, limit: 10, outcomes: ["scored"] });
await store.rollouts.get(ctx, first.rollout.id);
await store.rollouts.attempts(ctx, first.rollout.id);
const other = contextOf("other");
await store.jobs.create(other, newJob({ id: "job_cancelled", tasks: 2 }));
await store.jobs.cancel(other, "job_cancelled", 60_000);

Reflect.set(Client.prototype, "query", send);
await test.close();
console.log(JSON.stringify(statements, null, 1));
