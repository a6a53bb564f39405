import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { JOB_STATES, jobEnded } from "../../core/machines/job.ts";
import type { Database, Tx } from "./database.ts";

/** The tenant of jobs that are being removed: nobody has its name, so nobody sees them. */
const NOBODY = "";
const ENDED = JOB_STATES.filter(jobEnded);
/** Rollouts, or tasks, of one transaction. */
const BATCH_ROWS = 2_000;

/** Removes an ended job from everybody's sight, and its idempotency key. `not_found`; `job_open` for one that has not ended. */
export async function hideJob(db: Database, tenant: string, id: string): Promise<void> {
  const hidden = await db
    .updateTable("jobs")
    .set({ tenant: NOBODY, idempotency_key: null, idempotency_digest: null })
    .where("id", "=", id)
    .where("tenant", "=", tenant)
    .where("state", "in", ENDED)
    .executeTakeFirst();
  if (hidden.numUpdatedRows > 0n) return;
  const open = await db
    .selectFrom("jobs")
    .select("state")
    .where("id", "=", id)
    .where("tenant", "=", tenant)
    .executeTakeFirst();
  if (!open) throw new SandlotError("not_found", { kind: "job", id });
  throw new SandlotError("job_open", { job_id: id, state: open.state });
}

/** The same for every job that ended more than `days` ago; answers how many. By the database's clock. */
export async function hideExpired(db: Database, days: number): Promise<number> {
  const hidden = await db
    .updateTable("jobs")
    .set({ tenant: NOBODY, idempotency_key: null, idempotency_digest: null })
    .where("tenant", "<>", NOBODY)
    .where("state", "in", ENDED)
    .where("ended_at", "<", sql<Date>`now() - ${days}::float8 * interval '1 day'`)
    .executeTakeFirst();
  return Number(hidden.numUpdatedRows);
}

/**
 * Removes rows of one hidden job, a batch at a time, the job's own last; processes take different ones. Answers whether there was
 * anything to do.
 */
export function removeSome(db: Database): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const job = await tx
      .selectFrom("jobs")
      .select("id")
      .where("tenant", "=", NOBODY)
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!job) return false;
    // Rows keep their tenant, with which their indexes begin.
    const { rows } = await sql<{ tenant: string; id: string }>`
      select tenant, id from rollouts
      where tenant = (select tenant from tasks where job_id = ${job.id} limit 1) and job_id = ${job.id}
      limit ${BATCH_ROWS}
    `.execute(tx);
    const [first] = rows;
    if (!first) {
      await removeTasks(tx, job.id);
      return true;
    }
    const ids = rows.map(({ id }) => id);
    for (const table of ["attempts", "verdicts"] as const) {
      await sql`
        delete from ${sql.table(table)} where tenant = ${first.tenant} and rollout_id = any(${ids}::text[])
      `.execute(tx);
    }
    await sql`delete from rollouts where id = any(${ids}::text[])`.execute(tx);
    return true;
  });
}

/** The tasks in batches, and after the last one the job. */
async function removeTasks(tx: Tx, jobId: string): Promise<void> {
  const removed = await sql`
    delete from tasks where job_id = ${jobId} and task_index in (
      select task_index from tasks where job_id = ${jobId} limit ${BATCH_ROWS}
    )`.execute(tx);
  if (removed.numAffectedRows === 0n) await tx.deleteFrom("jobs").where("id", "=", jobId).execute();
}
