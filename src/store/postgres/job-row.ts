import type { InsertObject } from "kysely";
import { tallyOf } from "../../core/tally.ts";
import type { JobRow, NewJob } from "../port.ts";
import type { JobRecord, Tables } from "./schema.ts";

export function jobOf(record: JobRecord): JobRow {
  const { queued, running, outcomes, rewards } = record;
  return {
    id: record.id,
    tenant: record.tenant,
    state: record.state,
    environment: record.environment,
    model: record.model,
    repeats: record.repeats,
    priority: record.priority,
    labels: record.labels,
    limits: record.limits,
    onTruncated: record.on_truncated,
    sampling: record.sampling,
    replay: record.replay,
    accepting: record.accepting,
    groups: { wanted: record.wanted, window: record.group_window, seconds: record.group_seconds },
    deadline: record.deadline_at,
    retries: record.retries,
    maxVersionsBehind: record.max_versions_behind,
    retryOf: record.retry_of,
    tasks: record.tasks,
    completeGroups: record.last_group,
    tally: tallyOf({ queued, running, outcomes }),
    meanReward: rewards === 0 ? null : record.reward_sum / rewards,
    createdAt: record.created_at,
    startedAt: record.started_at,
    endedAt: record.ended_at,
  };
}

/** A new job's columns, before its tasks are added. */
export function newJobRecord(tenant: string, job: NewJob): InsertObject<Tables, "jobs"> {
  return {
    id: job.id,
    tenant,
    state: "queued",
    environment: job.environment,
    model: job.model,
    repeats: job.repeats,
    priority: job.priority,
    labels: JSON.stringify(job.labels),
    limits: JSON.stringify(job.limits),
    on_truncated: JSON.stringify(job.onTruncated),
    sampling: job.sampling,
    replay: job.replay,
    tasks: 0,
    idempotency_key: job.idempotency?.key ?? null,
    idempotency_digest: job.idempotency?.digest ?? null,
    accepting: job.accepting,
    wanted: job.groups.wanted,
    group_window: job.groups.window,
    group_seconds: job.groups.seconds,
    deadline_at: job.deadline,
    retries: JSON.stringify(job.retries),
    max_versions_behind: job.maxVersionsBehind,
    retry_of: job.retryOf,
    started_at: null,
    ended_at: null,
  };
}
