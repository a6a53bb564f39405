import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Database } from "./database.ts";
import { type LockedJob, underJob } from "./locked-job.ts";

interface JobOf {
  readonly tenant: string;
  readonly id: string;
}

export const pauseJob = (db: Database, of: JobOf): Promise<void> => changeJob(db, of, (job) => job.move("pause"));

export const resumeJob = (db: Database, of: JobOf): Promise<void> => changeJob(db, of, (job) => job.move("resume"));

/** Ends the job when nothing of it is open. */
export function closeJob(db: Database, of: JobOf): Promise<void> {
  return changeJob(db, of, (job) => {
    job.acceptsNoMore();
    return true;
  });
}

async function changeJob(db: Database, { tenant, id }: JobOf, change: (job: LockedJob) => boolean): Promise<void> {
  const known = await underJob(db, { id, tenant }, (_tx, job) => {
    if (!change(job)) throw new SandlotError("job_ended", { job_id: id, state: job.state });
    return Promise.resolve(true);
  });
  if (!known) throw new SandlotError("not_found", { kind: "job", id });
}
