import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import { LOST_ATTEMPTS_MAX } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { endRollouts } from "./end-rollouts.ts";
import { underJob } from "./locked-job.ts";
import { requeueRollouts } from "./requeue-rollouts.ts";

/** Takes rollouts from workers that are gone: leases that ran out and, with `owner`, every lease that is not `owner`'s. A job that fails is logged. */
export async function reclaimRollouts(db: Database, logger: Logger, owner?: string): Promise<number> {
  const lost = lostLease(owner);
  const jobs = await sql<{ job_id: string }>`
    select distinct job_id from rollouts where state = 'running' and ${lost} order by job_id
  `.execute(db);
  let reclaimed = 0;
  for (const { job_id } of jobs.rows) {
    try {
      reclaimed += await reclaimOfJob(db, job_id, owner);
    } catch (error) {
      logger.error({ job_id, error: SandlotError.from(error).report() }, "lost rollouts could not be queued again");
    }
  }
  return reclaimed;
}

const lostLease = (owner: string | undefined) =>
  owner === undefined ? sql`lease_until < now()` : sql`(lease_until < now() or lease_owner <> ${owner})`;

async function reclaimOfJob(db: Database, jobId: string, owner: string | undefined): Promise<number> {
  const reclaimed = await underJob(db, { id: jobId }, async (tx, job) => {
    // A row that is locked is being renewed: its worker lives.
    const lost = await sql<{ id: string; lost_attempts: number }>`
      select id, lost_attempts from rollouts
      where job_id = ${jobId} and state = 'running' and ${lostLease(owner)}
      order by id for update skip locked
    `.execute(tx);
    // Into a job that is being cancelled nothing goes back, so nothing needs to be given up.
    const givesUp = (row: { lost_attempts: number }) =>
      job.state !== "cancelling" && row.lost_attempts + 1 >= LOST_ATTEMPTS_MAX;
    const ids = (rows: { id: string }[]) => rows.map((row) => row.id);
    const again = ids(lost.rows.filter((row) => !givesUp(row)));
    const givenUp = ids(lost.rows.filter(givesUp));
    await loseAttempts(tx, again, job.state !== "cancelling");
    await loseAttempts(tx, givenUp, false);
    await requeueRollouts(tx, job, again, { delayMs: 0, attempt: "lost" });
    if (givenUp.length > 0) {
      const which = sql`id = any(${givenUp}::text[])`;
      await endRollouts(tx, job, which, { outcome: "timed_out", reason: "lease_lost" });
    }
    return lost.rows.length;
  });
  return reclaimed ?? 0;
}

/** Their entries in the ledger end without an outcome: nobody knows how the attempt went. */
async function loseAttempts(tx: Tx, ids: readonly string[], retried: boolean): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update attempts set ended_at = now(), retried = ${retried}
    from rollouts
    where rollouts.id = any(${ids}::text[])
      and attempts.tenant = rollouts.tenant
      and attempts.rollout_id = rollouts.id
      and attempts.number = rollouts.attempts
  `.execute(tx);
}
