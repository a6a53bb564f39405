import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Database, Tx } from "./database.ts";
import { type LockedJob, underJob } from "./locked-job.ts";

interface JobOf {
  readonly tenant: string;
  readonly id: string;
}

export function pauseJob(db: Database, of: JobOf): Promise<void> {
  return changeJob(db, of, async (job, tx) => {
    const isMoved = job.move("pause");
    if (isMoved) await sql`update jobs set paused_at = coalesce(paused_at, now()) where id = ${of.id}`.execute(tx);
    return isMoved;
  });
}

/** The time of groups that have begun stood still meanwhile. */
export function resumeJob(db: Database, of: JobOf): Promise<void> {
  return changeJob(db, of, async (job, tx) => {
    if (job.state === "paused") {
      await sql`
        update tasks set deadline_at = tasks.deadline_at + (now() - jobs.paused_at) from jobs
        where jobs.id = ${of.id} and tasks.job_id = ${of.id} and tasks.sequence is null and tasks.deadline_at is not null
      `.execute(tx);
      await sql`update jobs set paused_at = null where id = ${of.id}`.execute(tx);
    }
    return job.move("resume");
  });
}

/** Ends the job when nothing of it is open. */
export function closeJob(db: Database, of: JobOf): Promise<void> {
  return changeJob(db, of, (job) => {
    job.acceptsNoMore();
    return Promise.resolve(true);
  });
}

async function changeJob(
  db: Database,
  { tenant, id }: JobOf,
  change: (job: LockedJob, tx: Tx) => Promise<boolean>,
): Promise<void> {
  const known = await underJob(db, { id, tenant }, async (tx, job) => {
    if (!(await change(job, tx))) throw new SandlotError("job_ended", { job_id: id, state: job.state });
    return true;
  });
  if (!known) throw new SandlotError("not_found", { kind: "job", id });
}
