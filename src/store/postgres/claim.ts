import { sql } from "kysely";
import { shareOut, type WaitingJob } from "../../core/fair-share.ts";
import type { Claim, ClaimRequest } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { jobOf } from "./job-row.ts";
import { type LockedJob, underJob } from "./locked-job.ts";
import { type RolloutRecord, rolloutRowOf } from "./rollout-row.ts";

/** Rollouts of one round at most: who takes them all comes again at once. */
const CLAIM_MAX = 1_000;
/** Jobs of one tenant that are looked at, in the order of priority and age. */
const JOBS_OF_TENANT = 64;

/** Claims up to `limit` due rollouts, shared out between tenants and jobs (`shareOut`); each job in a transaction of its own. */
export async function claimRollouts(db: Database, request: ClaimRequest): Promise<Claim[]> {
  const limit = Math.min(request.limit, CLAIM_MAX);
  // An idle queue costs one read and no transaction.
  const { jobs, running } = limit <= 0 ? { jobs: [], running: new Map() } : await waitingJobs(db);
  const shares = shareOut(jobs, { limit, rooms: request.rooms ?? new Map(), running });
  const claims: Claim[] = [];
  for (const [id, share] of shares) {
    const claimed = await underJob(db, { id }, (tx, job) => claimOfJob(tx, job, { ...request, limit: share }));
    claims.push(...(claimed ?? []));
  }
  return claims;
}

/** Jobs with rollouts that may begin, those of a tenant in the order of priority and age, and what runs of each tenant. */
async function waitingJobs(db: Database): Promise<{ jobs: WaitingJob[]; running: Map<string, number> }> {
  const { rows } = await sql<WaitingJob & { of_tenant: number; is_due: boolean }>`
    with active as (
      select id, tenant, model, priority, queued, running, created_at,
        sum(running) over (partition by tenant) as of_tenant,
        row_number() over (partition by tenant, queued = 0 order by priority desc, created_at, id) as place,
        state in ('queued', 'running') and queued > 0 and coalesce(deadline_at > now(), true) as is_open
      from jobs where state in ('queued', 'running', 'paused', 'cancelling')
    )
    select id, tenant, model, priority, queued, running, of_tenant
    from active where is_open and place <= ${JOBS_OF_TENANT} and exists (
      select from rollouts where rollouts.job_id = active.id and state = 'queued' and available_at <= now()
    )
    order by created_at, id
  `.execute(db);
  return { jobs: rows, running: new Map(rows.map(({ tenant, of_tenant }) => [tenant, of_tenant])) };
}

async function claimOfJob(tx: Tx, job: LockedJob, request: ClaimRequest): Promise<Claim[]> {
  if (!job.move("claim")) return [];
  const rows = await lease(tx, job, request);
  if (rows.length === 0) return [];
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
