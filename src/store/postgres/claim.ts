import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { shareOut, type WaitingJob } from "../../core/fair-share.ts";
import type { Logger } from "../../core/logger.ts";
import { nextJobState } from "../../core/machines/job.ts";
import type { Claim, ClaimRequest } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { jobOf } from "./job-row.ts";
import { type LockedJob, underJob } from "./locked-job.ts";
import { type RolloutRecord, rolloutRowOf } from "./rollout-row.ts";

/** Rollouts of one round at most: who takes them all comes again at once. */
const CLAIM_MAX = 256;
/** Jobs of one tenant that are served in one round. */
const JOBS_OF_TENANT = 32;

/**
 * Claims up to `limit` due rollouts, shared out between tenants and jobs (`shareOut`); each job in a transaction of its own. One that
 * fails is logged and keeps no other from it; throws when nothing else was claimed.
 */
export async function claimRollouts(db: Database, request: ClaimRequest, logger: Logger): Promise<Claim[]> {
  const limit = Math.min(request.limit, CLAIM_MAX);
  if (limit <= 0) return [];
  const { rooms = new Map<string, number>(), closed = [] } = request;
  // An idle queue costs one read and no transaction.
  const { jobs, running } = await waitingJobs(db, { limit, rooms, closed });
  const claims: Claim[] = [];
  const failures: SandlotError[] = [];
  for (const [id, share] of shareOut(jobs, { limit, rooms, running })) {
    try {
      const claimed = await underJob(db, { id }, (tx, job) => claimOfJob(tx, job, { ...request, limit: share }));
      claims.push(...(claimed ?? []));
    } catch (error) {
      const failure = SandlotError.from(error);
      logger.error({ job_id: id, error: failure.report() }, "rollouts of a job could not be claimed");
      failures.push(failure);
    }
  }
  const [failure] = failures;
  if (failure && claims.length === 0) throw failure;
  return claims;
}

/**
 * Jobs with rollouts that may begin, some of each tenant in the order of priority and age, and what runs of each tenant. A job counts by
 * what could begin: what is due, in its window, of a model that has room,
 * of no environment that is closed.
 */
async function waitingJobs(
  db: Database,
  { limit, rooms, closed }: Pick<ClaimRequest, "limit"> & Required<Pick<ClaimRequest, "rooms" | "closed">>,
): Promise<{ jobs: WaitingJob[]; running: Map<string, number> }> {
  const full = Array.from(rooms).flatMap(([model, room]) => (room > 0 ? [] : [model]));
  const { rows } = await sql<WaitingJob & { of_tenant: number }>`
    with tenants as (
      select tenant, sum(running) as running from jobs
      where state in ('queued', 'running', 'paused', 'cancelling') group by tenant
    )
    select waiting.*, tenants.running as of_tenant
    from tenants cross join lateral (
      select jobs.id, jobs.tenant, jobs.model, jobs.priority, jobs.running, jobs.created_at, ready.due
      from jobs cross join lateral (
        select count(*) as due from (
          select from rollouts
          where rollouts.job_id = jobs.id and rollouts.state = 'queued' and rollouts.available_at <= now()
            and (jobs.group_window is null or rollouts.task_index < jobs.group_window + (
              select min(tasks.task_index) from tasks where tasks.job_id = jobs.id and tasks.sequence is null
            ))
          limit ${limit}
        ) as first
      ) as ready
      where jobs.tenant = tenants.tenant and jobs.state in ('queued', 'running') and jobs.queued > 0
        and coalesce(jobs.deadline_at > now(), true) and jobs.model <> all(${full}::text[])
        and jobs.environment <> all(${closed}::text[]) and ready.due > 0
      order by jobs.priority desc, jobs.created_at, jobs.id
      limit ${JOBS_OF_TENANT}
    ) as waiting
    order by waiting.created_at, waiting.id
  `.execute(db);
  return { jobs: rows, running: new Map(rows.map(({ tenant, of_tenant }) => [tenant, of_tenant])) };
}

async function claimOfJob(tx: Tx, job: LockedJob, request: ClaimRequest): Promise<Claim[]> {
  if (nextJobState(job.state, "claim") === "refused") return [];
  const rows = await lease(tx, job, request);
  if (rows.length === 0) return [];
  job.move("claim");
  job.claimed(rows.length);
  await startGroups(tx, job, rows);
  const view = { ...jobOf(job.record), state: job.state, startedAt: job.record.started_at ?? new Date() };
  return rows
    .map((row) => ({ rollout: rolloutRowOf(row), job: view, attempt: row.attempts, fence: row.fence }))
    .toSorted((a, b) => a.rollout.taskIndex - b.rollout.taskIndex || a.rollout.rolloutIndex - b.rollout.rolloutIndex);
}

/** Leases rollouts of one job and opens their attempts. */
async function lease(tx: Tx, job: LockedJob, request: ClaimRequest): Promise<RolloutRecord[]> {
  const { group_window: window } = job.record;
  const isNear =
    window === null
      ? sql`true`
      : sql`task_index < ${window}::int + (select min(task_index) from tasks where job_id = ${job.id} and sequence is null)`;
  const { rows } = await sql<RolloutRecord>`
    with due as (
      select id from rollouts
      where job_id = ${job.id} and state = 'queued' and available_at <= now() and ${isNear}
      order by task_index, rollout_index
      limit ${request.limit}
      for update skip locked
    ), leased as (
      update rollouts set
        state = 'running',
        lease_owner = ${request.worker},
        lease_until = now() + ${request.leaseMs}::float8 * interval '1 millisecond',
        fence = fence + 1,
        attempts = attempts + 1
      from due where rollouts.id = due.id
      returning rollouts.*
    ), attempt as (
      insert into attempts (tenant, rollout_id, number, fence, worker)
      select tenant, id, attempts, fence, ${request.worker} from leased
    )
    select leased.*, tasks.task_id, tasks.row_segment, tasks.row_offset, tasks.row_length, tasks.row_part,
      ${job.record.environment} as environment, ${job.record.replay}::boolean as replay
    from leased join tasks on tasks.job_id = ${job.id} and tasks.task_index = leased.task_index
  `.execute(tx);
  return rows;
}

/** The time of a group begins with its first claim. */
async function startGroups(tx: Tx, job: LockedJob, rows: readonly RolloutRecord[]): Promise<void> {
  const { group_seconds: seconds } = job.record;
  if (seconds === null) return;
  await sql`
    update tasks set deadline_at = now() + ${seconds}::float8 * interval '1 second'
    where job_id = ${job.id} and task_index = any(${rows.map((row) => row.task_index)}::int[]) and deadline_at is null
  `.execute(tx);
}
