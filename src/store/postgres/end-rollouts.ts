import { type RawBuilder, sql } from "kysely";
import type { JobState } from "../../core/machines/job.ts";
import { masked, type Outcome } from "../../core/outcome.ts";
import type { Tx } from "./database.ts";
import { jobAfter, type LockedJob } from "./job-lock.ts";

export interface MaskedEnd {
  readonly outcome: Exclude<Outcome, "scored" | "truncated">;
  /** Code of the error that ended them. */
  readonly reason: string | null;
  /** State of the job from here on, when it changes. Default: as it is locked. */
  readonly jobState?: JobState;
}

/**
 * Ends rollouts of the locked job without a result, in the order of its groups; `which` is a query for their ids.
 * The fence grows: a worker that still holds one of them does not mistake this end for its own. Answers the job as it
 * is locked now.
 */
export async function endRollouts(
  tx: Tx,
  job: LockedJob,
  which: RawBuilder<unknown>,
  end: MaskedEnd,
): Promise<LockedJob> {
  const judgement = masked(end.outcome);
  const done = await sql`
    with ending as (
      select id, row_number() over (order by task_index, rollout_index) as position from rollouts where id in (${which})
    )
    update rollouts set
      state = 'done',
      outcome = ${judgement.outcome},
      masked = ${judgement.masked},
      reason = ${end.reason},
      sequence = ${job.last_sequence}::bigint + ending.position,
      fence = fence + 1,
      lease_owner = null,
      lease_until = null,
      ended_at = now()
    from ending where rollouts.id = ending.id
  `.execute(tx);
  const ended = Number(done.numAffectedRows ?? 0);
  const after = jobAfter(job, ended, end.jobState);
  await tx.updateTable("jobs").set(after).where("id", "=", job.id).execute();
  return { ...job, state: after.state, open: after.open, last_sequence: after.last_sequence };
}
