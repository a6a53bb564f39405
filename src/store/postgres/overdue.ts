import { sql } from "kysely";
import type { Database } from "./database.ts";
import { endRollouts } from "./end-rollouts.ts";
import { type LockedJob, underJob } from "./locked-job.ts";

/**
 * Ends what is open of groups and jobs past their deadlines, as `timed_out`, and what still runs of jobs whose cancellation has had
 * its time, as `cancelled`. Answers how many rollouts.
 */
export async function endOverdue(db: Database): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from jobs where state in ('queued', 'running', 'paused') and deadline_at <= now()
    union select id from jobs where state = 'cancelling' and cancel_at <= now()
    union select job_id from tasks where sequence is null and deadline_at <= now()
    order by id
  `.execute(db);
  let ended = 0;
  for (const { id } of rows) ended += (await underJob(db, { id }, async (tx, job) => endOf(tx, job))) ?? 0;
  return ended;
}

async function endOf(tx: Parameters<typeof endRollouts>[0], job: LockedJob): Promise<number> {
  const { rows } = await sql<{ is_late: boolean; is_cancelled: boolean }>`
    select coalesce(deadline_at <= now(), false) as is_late, coalesce(cancel_at <= now(), false) as is_cancelled
    from jobs where id = ${job.id}
  `.execute(tx);
  const { is_late = false, is_cancelled = false } = rows[0] ?? {};
  if (job.state === "cancelling") {
    return is_cancelled ? endRollouts(tx, job, sql`true`, { outcome: "cancelled", reason: "cancelled" }) : 0;
  }
  if (is_late) {
    job.acceptsNoMore();
    return endRollouts(tx, job, sql`true`, { outcome: "timed_out", reason: "job_deadline" });
  }
  const late = sql`task_index in (
    select task_index from tasks where job_id = ${job.id} and sequence is null and deadline_at <= now()
  )`;
  return endRollouts(tx, job, late, { outcome: "timed_out", reason: "group_deadline" });
}
