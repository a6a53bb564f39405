import type { Selectable } from "kysely";
import type { Judgement } from "../../core/outcome.ts";
import type { RecordPointer, RolloutRow } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import type { JobsTable, RolloutsTable, TasksTable } from "./schema.ts";

export type RolloutRecord = Selectable<RolloutsTable> &
  Pick<Selectable<TasksTable>, "task_id" | "row_segment" | "row_offset" | "row_length" | "row_part"> &
  Pick<Selectable<JobsTable>, "environment" | "replay">;

/** Rollouts with what their task and their job say about them, as `rolloutRowOf` reads them. */
export function selectRollouts(db: Database | Tx) {
  return db
    .selectFrom("rollouts")
    .innerJoin("jobs", "jobs.id", "rollouts.job_id")
    .innerJoin("tasks", (join) =>
      join.onRef("tasks.job_id", "=", "rollouts.job_id").onRef("tasks.task_index", "=", "rollouts.task_index"),
    )
    .selectAll("rollouts")
    .select(["tasks.task_id", "tasks.row_segment", "tasks.row_offset", "tasks.row_length", "tasks.row_part"])
    .select(["jobs.environment", "jobs.replay"]);
}

export function rolloutRowOf(record: RolloutRecord): RolloutRow {
  return {
    id: record.id,
    jobId: record.job_id,
    tenant: record.tenant,
    environment: record.environment,
    taskId: record.task_id,
    taskIndex: record.task_index,
    rolloutIndex: record.rollout_index,
    row: { segment: record.row_segment, offset: record.row_offset, length: record.row_length },
    rowPart: record.row_part,
    state: record.state,
    judgement: judgementOf(record),
    reason: record.reason,
    rewardComponents: record.reward_components,
    metrics: record.metrics ?? {},
    times: record.times,
    attempts: record.attempts,
    sequence: record.sequence,
    replay: record.replay,
    record: pointerOf(record),
    endedAt: record.ended_at,
  };
}

/** How it ended; null until then. */
export function judgementOf({
  outcome,
  reward,
  masked,
  truncated_by,
}: Pick<RolloutRecord, "outcome" | "reward" | "masked" | "truncated_by">): Judgement | null {
  // A row that lost its mask must not be trained on.
  return outcome === null ? null : { outcome, reward, masked: masked ?? true, truncated_by };
}

function pointerOf(record: RolloutRecord): RecordPointer | null {
  const { record_segment: segment, record_offset: offset, record_length: length } = record;
  return segment === null || offset === null || length === null ? null : { segment, offset, length };
}
