import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import type { NewJob, NewTask } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { newJobRecord } from "./job-row.ts";

/** Rows of one statement. Their values travel as one array per column, far from the limit of 65,535 parameters. */
const BATCH_ROWS = 5_000;

/** Records the job with its tasks and rollouts in one transaction; answers the job's id, or that of the earlier job. */
export async function createJob(db: Database, tenant: string, job: NewJob): Promise<{ id: string; created: boolean }> {
  return db.transaction().execute(async (tx) => {
    // Of two equal requests that race, the second waits here until the first has committed, and then conflicts.
    const inserted = await tx
      .insertInto("jobs")
      .values(newJobRecord(tenant, job))
      .onConflict((conflict) => conflict.columns(["tenant", "idempotency_key"]).doNothing())
      .returning("id")
      .executeTakeFirst();
    if (!inserted) return { id: await earlierJob(tx, tenant, job), created: false };
    for (let at = 0; at < job.tasks.length; at += BATCH_ROWS) {
      await insertTasks(tx, tenant, job.id, at, job.tasks.slice(at, at + BATCH_ROWS));
    }
    const rollouts = job.tasks.length * job.repeats;
    for (let at = 0; at < rollouts; at += BATCH_ROWS) {
      await insertRollouts(tx, tenant, job, at, Math.min(BATCH_ROWS, rollouts - at));
    }
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

async function insertTasks(tx: Tx, tenant: string, jobId: string, from: number, tasks: readonly NewTask[]) {
  const column = <T>(read: (task: NewTask) => T) => tasks.map(read);
  await sql`
    insert into tasks (tenant, job_id, task_index, task_id, row_segment, row_offset, row_length, row_part)
    select ${tenant}, ${jobId}, ${from}::int + n - 1, task_id::json, row_segment, row_offset, row_length, row_part
    from unnest(
      ${column((t) => JSON.stringify(t.taskId))}::text[],
      ${column((t) => t.row.segment)}::text[],
      ${column((t) => t.row.offset)}::bigint[],
      ${column((t) => t.row.length)}::bigint[],
      ${column((t) => t.part)}::text[]
    ) with ordinality as t (task_id, row_segment, row_offset, row_length, row_part, n)
  `.execute(tx);
}

/** Rollouts number `from` and following of the job, counted through its groups in order. */
async function insertRollouts(tx: Tx, tenant: string, job: NewJob, from: number, count: number) {
  const ids = Array.from({ length: count }, () => newId("rollout"));
  await sql`
    insert into rollouts (id, tenant, job_id, task_index, rollout_index)
    select id, ${tenant}, ${job.id}, (${from}::bigint + n - 1) / ${job.repeats}::int, (${from}::bigint + n - 1) % ${job.repeats}::int
    from unnest(${ids}::text[]) with ordinality as t (id, n)
  `.execute(tx);
}
