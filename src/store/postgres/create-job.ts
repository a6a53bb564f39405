import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { NewJob } from "../port.ts";
import { addTasks } from "./add-tasks.ts";
import type { Database, Tx } from "./database.ts";
import { newJobRecord } from "./job-row.ts";
import { LockedJob } from "./locked-job.ts";

/** Records the job with its tasks and rollouts in one transaction; answers the job's id, or that of the earlier job. */
export async function createJob(db: Database, tenant: string, job: NewJob): Promise<{ id: string; created: boolean }> {
  return db.transaction().execute(async (tx) => {
    // Of two equal requests that race, the second waits here until the first has committed, and then conflicts.
    const inserted = await tx
      .insertInto("jobs")
      .values(newJobRecord(tenant, job))
      .onConflict((conflict) => conflict.columns(["tenant", "idempotency_key"]).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!inserted) return { id: await earlierJob(tx, tenant, job), created: false };
    const locked = new LockedJob(inserted);
    await addTasks(tx, locked, job.tasks);
    await locked.save(tx);
    return { id: job.id, created: true };
  });
}

async function earlierJob(tx: Tx, tenant: string, job: NewJob): Promise<string> {
  const { key, digest } = job.idempotency ?? { key: "", digest: "" };
  const earlier = await tx
    .selectFrom("jobs")
    .select(["id", "idempotency_digest"])
    .where("tenant", "=", tenant)
    .where("idempotency_key", "=", key)
    .executeTakeFirstOrThrow();
  if (earlier.idempotency_digest === digest) return earlier.id;
  throw new SandlotError("idempotency_conflict", { key, job_id: earlier.id });
}
