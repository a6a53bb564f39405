import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { endRollouts } from "./end-rollouts.ts";
import type { LockedJob } from "./locked-job.ts";

/**
 * Of a job that starts more rollouts of a group than it wants: ends what is open of those of the groups in `tasks` that have as
 * many unmasked ones as are wanted.
 */
export async function endSurplus(tx: Tx, job: LockedJob, tasks: readonly number[]): Promise<void> {
  const { wanted } = job.record;
  if (wanted === null || tasks.length === 0) return;
  const which = sql`task_index in (
    select task_index from rollouts
    where job_id = ${job.id} and task_index = any(${tasks}::int[]) and state = 'done' and not masked
    group by task_index having count(*) >= ${wanted}
  )`;
  await endRollouts(tx, job, which, { outcome: "cancelled", reason: "surplus" });
}
