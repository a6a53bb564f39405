import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { jobEnded } from "../../core/machines/job.ts";
import type { NewJob, NewRetry, NewTask } from "../port.ts";
import { createJob } from "./create-job.ts";
import type { Database } from "./database.ts";
import { jobOf } from "./job-row.ts";
import type { TasksTable } from "./schema.ts";

/**
 * A new job like the ended one, of its masked rollouts with one of these outcomes: nothing that was delivered changes. Answers the
 * job's id, or that of the job that the same key has made.
 */
export async function retryJob(
  db: Database,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  retry: NewRetry,
): Promise<{ id: string; created: boolean }> {
  const record = await db
    .selectFrom("jobs")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!record) throw new SandlotError("not_found", { kind: "job", id });
  const former = jobOf(record);
  if (!jobEnded(former.state)) throw new SandlotError("job_open", { job_id: id, state: former.state });
  const tasks = await maskedTasks(db, id, retry);
  if (tasks.length === 0) throw new SandlotError("nothing_to_retry", { job_id: id, outcomes: retry.outcomes });
  const { environment, model, repeats, priority, labels, limits, onTruncated, sampling, replay } = former;
  const job: NewJob = {
    id: retry.id,
    environment,
    model,
    repeats,
    priority,
    labels,
    limits,
    onTruncated,
    sampling,
    replay,
    retries: former.retries,
    maxVersionsBehind: former.maxVersionsBehind,
    accepting: false,
    // Fewer rollouts of a group than were started need no more than all of them.
    groups: { ...former.groups, wanted: null },
    deadline: null,
    retryOf: id,
    tasks,
    idempotency: retry.idempotency,
  };
  return createJob(db, tenant, job);
}

type MaskedTask = Pick<TasksTable, "row_segment" | "row_offset" | "row_length" | "row_part"> & {
  task_id: string;
  masked: number;
};

async function maskedTasks(db: Database, id: string, { outcomes }: NewRetry): Promise<NewTask[]> {
  const { rows } = await sql<MaskedTask>`
    select tasks.task_id, tasks.row_segment, tasks.row_offset, tasks.row_length, tasks.row_part, masked.n as masked
    from tasks join (
      select task_index, count(*) as n from rollouts
      where job_id = ${id} and masked and outcome = any(${outcomes}::text[]) group by task_index
    ) as masked on masked.task_index = tasks.task_index
    where tasks.job_id = ${id} order by tasks.task_index
  `.execute(db);
  return rows.map((row) => ({
    taskId: row.task_id,
    row: { segment: row.row_segment, offset: row.row_offset, length: row.row_length },
    part: row.row_part,
    size: row.masked,
  }));
}
