import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import type { NewBatch, NewTask } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { type LockedJob, underJob } from "./locked-job.ts";

/** Rollouts of one tenant that may wait. Whoever wants more has to wait for some to begin. */
const QUEUED_MAX = 2_000_000;
/** Seconds after which a full queue may be tried again. */
const RETRY_SECONDS = 30;

/** Rows of one statement. Their values travel as one array per column, far from the limit of 65,535 parameters. */
const BATCH_ROWS = 5_000;

/** Adds tasks to an open-ended job; with a batch's key that is known, nothing, when the digest agrees. Answers whether they were added. */
export async function addBatch(
  db: Database,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  batch: NewBatch,
): Promise<boolean> {
  const added = await underJob(db, { id, tenant }, async (tx, job) => {
    if (batch.idempotency && (await isKnown(tx, job, batch.idempotency))) return { added: false };
    if (!job.accepting) throw new SandlotError("job_closed", { job_id: id, state: job.state });
    if (batch.idempotency) {
      const { key, digest } = batch.idempotency;
      const row = { tenant, job_id: id, key, digest, first_task: job.tasks, tasks: batch.tasks.length };
      await tx.insertInto("batches").values(row).execute();
    }
    await addTasks(tx, job, batch.tasks);
    return { added: true };
  });
  if (!added) throw new SandlotError("not_found", { kind: "job", id });
  return added.added;
}

async function isKnown(tx: Tx, job: LockedJob, { key, digest }: { key: string; digest: string }): Promise<boolean> {
  const known = await tx
    .selectFrom("batches")
    .select("digest")
    .where("job_id", "=", job.id)
    .where("key", "=", key)
    .executeTakeFirst();
  if (known && known.digest !== digest) throw new SandlotError("idempotency_conflict", { key, job_id: job.id });
  return known !== undefined;
}

/** Throws `quota_exceeded` when the tenant's queue has no room for so many more. */
async function requireRoom(tx: Tx, tenant: string, rollouts: number): Promise<void> {
  const { rows } = await sql<{ queued: number | null }>`
    select sum(queued) as queued from jobs where tenant = ${tenant} and state in ('queued', 'running', 'paused', 'cancelling')
  `.execute(tx);
  if ((rows[0]?.queued ?? 0) + rollouts <= QUEUED_MAX) return;
  throw new SandlotError("quota_exceeded", { resource: "queued rollouts", retry_after: RETRY_SECONDS });
}

/** Queues the rollouts of these tasks behind those that the job has. */
export async function addTasks(tx: Tx, job: LockedJob, tasks: readonly NewTask[]): Promise<void> {
  const asked = tasks.reduce((sum, { size }) => sum + size, 0);
  await requireRoom(tx, job.record.tenant, asked);
  for (let at = 0; at < tasks.length; at += BATCH_ROWS) {
    await insertTasks(tx, job, job.tasks + at, tasks.slice(at, at + BATCH_ROWS));
  }
  for (const members of batchesOf(tasks, job.tasks)) await insertRollouts(tx, job, members);
  job.added(tasks.length, asked);
}

interface Member {
  readonly task: number;
  readonly place: number;
}

/** The rollouts of the groups, in their order. */
function* batchesOf(tasks: readonly NewTask[], from: number): Generator<Member[]> {
  let batch: Member[] = [];
  for (const [n, { size }] of tasks.entries()) {
    for (let place = 0; place < size; place++) {
      batch.push({ task: from + n, place });
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function insertTasks(tx: Tx, job: LockedJob, from: number, tasks: readonly NewTask[]): Promise<void> {
  const column = <T>(read: (task: NewTask) => T) => tasks.map(read);
  await sql`
    insert into tasks (tenant, job_id, task_index, task_id, row_segment, row_offset, row_length, row_part, size, open)
    select ${job.record.tenant}, ${job.id}, ${from}::int + n - 1, task_id::json, row_segment, row_offset, row_length, row_part, size, size
    from unnest(
      ${column((t) => JSON.stringify(t.taskId))}::text[],
      ${column((t) => t.row.segment)}::text[],
      ${column((t) => t.row.offset)}::bigint[],
      ${column((t) => t.row.length)}::bigint[],
      ${column((t) => t.part)}::text[],
      ${column((t) => t.size)}::int[]
    ) with ordinality as t (task_id, row_segment, row_offset, row_length, row_part, size, n)
  `.execute(tx);
}

async function insertRollouts(tx: Tx, job: LockedJob, members: readonly Member[]): Promise<void> {
  const ids = members.map(() => newId("rollout"));
  await sql`
    insert into rollouts (id, tenant, job_id, task_index, rollout_index)
    select id, ${job.record.tenant}, ${job.id}, task_index, rollout_index
    from unnest(
      ${ids}::text[], ${members.map(({ task }) => task)}::int[], ${members.map(({ place }) => place)}::int[]
    ) as t (id, task_index, rollout_index)
  `.execute(tx);
}
