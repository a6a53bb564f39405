import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Database, Tx } from "./database.ts";
import { endInBatches } from "./end-rollouts.ts";
import type { LockedJob } from "./locked-job.ts";

/**
 * Ends what is open of groups and jobs past their deadlines, as `timed_out`, and what still runs of jobs whose cancellation has had
 * its time, as `cancelled`. The groups of a paused job wait with it. A job that cannot be ended is logged, and keeps no other from it.
 * Answers how many rollouts.
 */
export async function endOverdue(db: Database, logger: Logger): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from jobs where state in ('queued', 'running', 'paused', 'cancelling') and (deadline_at <= now() or cancel_at <= now())
    union select tasks.job_id from tasks join jobs on jobs.id = tasks.job_id
      where tasks.sequence is null and tasks.deadline_at <= now() and jobs.state in ('queued', 'running')
    order by id
  `.execute(db);
  let ended = 0;
  for (const { id } of rows) {
    try {
      ended += (await endInBatches(db, { id }, overdueOf)) ?? 0;
    } catch (error) {
      logger.error({ job_id: id, error: SandlotError.from(error).report() }, "what is overdue could not be ended");
    }
  }
  return ended;
}

async function overdueOf(tx: Tx, job: LockedJob) {
  const { rows } = await sql<{ is_late: boolean; is_cancelled: boolean }>`
    select coalesce(deadline_at <= now(), false) as is_late, coalesce(cancel_at <= now(), false) as is_cancelled
    from jobs where id = ${job.id}
  `.execute(tx);
  const { is_late = false, is_cancelled = false } = rows[0] ?? {};
  if (job.state === "cancelling") {
    return is_cancelled ? { which: sql`true`, end: { outcome: "cancelled", reason: "cancelled" } as const } : null;
  }
  if (is_late) {
    job.acceptsNoMore();
    return { which: sql`true`, end: { outcome: "timed_out", reason: "job_deadline" } as const };
  }
  if (job.state === "paused") return null;
  const late = sql`task_index in (
    select task_index from tasks where job_id = ${job.id} and sequence is null and deadline_at <= now()
  )`;
  return { which: late, end: { outcome: "timed_out", reason: "group_deadline" } as const };
}
