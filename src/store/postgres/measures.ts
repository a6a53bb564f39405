import { sql } from "kysely";
import type { MeasuredRow, MeasuresQuery, TaskRow } from "../port.ts";
import type { Database } from "./database.ts";
import { judgementOf } from "./rollout-row.ts";

export interface JobOfTenant {
  readonly tenant: string;
  readonly jobId: string;
}

const COLUMNS = [
  "task_index",
  "rollout_index",
  "state",
  "outcome",
  "reward",
  "masked",
  "truncated_by",
  "reason",
  "reward_components",
  "metrics",
  "times",
  "answer",
] as const;

/** Rollouts by task and place in the group: the order of an index, so that no page sorts and none costs more than the first. */
export async function readMeasures(db: Database, of: JobOfTenant, query: MeasuresQuery): Promise<MeasuredRow[]> {
  const { after, fromTask, toTask, limit } = query;
  let page = db
    .selectFrom("rollouts")
    .select(COLUMNS)
    .where("tenant", "=", of.tenant)
    .where("job_id", "=", of.jobId)
    .orderBy("task_index")
    .orderBy("rollout_index")
    .limit(limit);
  if (after) page = page.where(sql<boolean>`(task_index, rollout_index) > (${after.taskIndex}, ${after.rolloutIndex})`);
  if (fromTask !== null) page = page.where("task_index", ">=", fromTask);
  if (toTask !== null) page = page.where("task_index", "<=", toTask);
  const records = await page.execute();
  return records.map((record) => ({
    taskIndex: record.task_index,
    rolloutIndex: record.rollout_index,
    state: record.state,
    judgement: judgementOf(record),
    reason: record.reason,
    rewardComponents: record.reward_components,
    metrics: record.metrics ?? {},
    times: record.times,
    answer: record.answer,
  }));
}

export async function readTasks(
  db: Database,
  of: JobOfTenant,
  { from, limit }: { from: number; limit: number },
): Promise<TaskRow[]> {
  const records = await db
    .selectFrom("tasks")
    .selectAll()
    .where("tenant", "=", of.tenant)
    .where("job_id", "=", of.jobId)
    .where("task_index", ">=", from)
    .orderBy("task_index")
    .limit(limit)
    .execute();
  return records.map(({ task_index, task_id, row_segment, row_offset, row_length, row_part }) => ({
    taskIndex: task_index,
    taskId: task_id,
    row: { segment: row_segment, offset: row_offset, length: row_length },
    part: row_part,
  }));
}
