import { sql } from "kysely";
import type { Tx } from "./database.ts";
import type { LockedJob } from "./locked-job.ts";

/** Rollouts of a group that are done now. */
export interface EndedInGroup {
  readonly taskIndex: number;
  readonly ended: number;
}

/**
 * Counts rollouts that are done against their groups. A group without open rollouts is complete, and gets its place in the order
 * of delivery. Answers the tasks whose groups are still open.
 */
export async function countInGroups(tx: Tx, job: LockedJob, groups: readonly EndedInGroup[]): Promise<number[]> {
  if (groups.length === 0) return [];
  const { rows } = await sql<{ task_index: number; open: number }>`
    with given as (
      select * from unnest(
        ${groups.map(({ taskIndex }) => taskIndex)}::int[], ${groups.map(({ ended }) => ended)}::int[]
      ) as given (task_index, ended)
    ), after as (
      select tasks.task_index, tasks.open - given.ended as open,
        row_number() over (partition by tasks.open = given.ended order by tasks.task_index) as position
      from tasks join given on given.task_index = tasks.task_index where tasks.job_id = ${job.id}
    )
    update tasks set
      open = after.open,
      sequence = case when after.open = 0 then ${job.lastGroup}::bigint + after.position end,
      ended_at = case when after.open = 0 then now() end
    from after where tasks.job_id = ${job.id} and tasks.task_index = after.task_index
    returning tasks.task_index, tasks.open
  `.execute(tx);
  const open = rows.filter((row) => row.open > 0);
  job.groupsCompleted(rows.length - open.length);
  return open.map((row) => row.task_index);
}
