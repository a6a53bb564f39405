import { sql } from "kysely";
import { jobEnded, type JobState, nextJobState } from "../../core/machines/job.ts";
import type { Tx } from "./database.ts";

/**
 * A job's row, locked. Whoever changes the state of rollouts locks their job first and keeps it until commit. So
 * sequences appear in commit order without gaps, the count of open rollouts is exact, and nothing deadlocks:
 * a transaction locks one job, or several in the order in which jobs are served (claim.ts), before any rollout.
 */
export interface LockedJob {
  readonly id: string;
  readonly tenant: string;
  readonly state: JobState;
  readonly open: number;
  readonly last_sequence: number;
}

/** Locks the job. Null when there is none, for `tenant` when one is given. */
export async function lockJob(tx: Tx, id: string, tenant?: string): Promise<LockedJob | null> {
  const job = await tx
    .selectFrom("jobs")
    .select(["id", "tenant", "state", "open", "last_sequence"])
    .where("id", "=", id)
    .$if(tenant !== undefined, (query) => query.where("tenant", "=", tenant ?? ""))
    .forUpdate()
    .executeTakeFirst();
  return job ?? null;
}

/**
 * Columns of the job after `ended` more of its rollouts are done: their sequences are the ones above
 * `last_sequence`, and the last open rollout ends the job.
 */
export function jobAfter(job: LockedJob, ended: number, state: JobState = job.state) {
  const open = job.open - ended;
  const drained = open === 0 ? nextJobState(state, "drain") : "refused";
  const after = drained === "refused" ? state : drained;
  return {
    state: after,
    open,
    last_sequence: job.last_sequence + ended,
    ended_at: jobEnded(after) ? sql<Date>`now()` : null,
  };
}
