import { type InsertObject, sql } from "kysely";
import type { JobRow, NewJob } from "../port.ts";
import type { JobCounts } from "./job-counts.ts";
import type { JobRecord, Tables } from "./schema.ts";

/** The job as its columns say it: everything but what is counted over its rollouts. */
export function jobOf(record: JobRecord): Omit<JobRow, "tally" | "meanReward"> {
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
    tasks: record.tasks,
    createdAt: record.created_at,
    startedAt: record.started_at,
    endedAt: record.ended_at,
  };
}

/** The job with what is counted over its rollouts. */
export function jobRowOf(record: JobRecord, counts: JobCounts): JobRow {
  return { ...jobOf(record), ...counts };
}

/** A new job's columns. Without rollouts it has nothing to wait for, and is completed at once. */
export function newJobRecord(tenant: string, job: NewJob): InsertObject<Tables, "jobs"> {
  const open = job.tasks.length * job.repeats;
  return {
    id: job.id,
    tenant,
    state: open === 0 ? "completed" : "queued",
    environment: job.environment,
    model: job.model,
    repeats: job.repeats,
    priority: job.priority,
    labels: JSON.stringify(job.labels),
    limits: JSON.stringify(job.limits),
    on_truncated: JSON.stringify(job.onTruncated),
    sampling: job.sampling,
    replay: job.replay,
    tasks: job.tasks.length,
    idempotency_key: job.idempotency?.key ?? null,
    idempotency_digest: job.idempotency?.digest ?? null,
    open,
    started_at: null,
    ended_at: open === 0 ? sql<Date>`now()` : null,
  };
}
