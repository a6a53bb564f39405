import { type Kysely, type Migration, sql } from "kysely";

const STATEMENTS = [
  sql`create table meta (key text primary key, value text not null)`,

  sql`create table jobs (
    id text primary key,
    tenant text not null,
    state text not null check (state in ('queued', 'running', 'cancelling', 'completed', 'cancelled')),
    environment text not null,
    model text not null,
    repeats integer not null,
    priority integer not null,
    labels json not null,
    limits json not null,
    on_truncated json not null,
    sampling text not null,
    replay boolean not null,
    tasks integer not null,
    idempotency_key text,
    idempotency_digest text,
    open integer not null check (open >= 0),
    last_sequence bigint not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz,
    unique (tenant, idempotency_key)
  )`,
  sql`create index jobs_newest on jobs (tenant, created_at desc, id desc)`,
  // In the order in which jobs are served.
  sql`create index jobs_claimable on jobs (priority desc, created_at, id) where state in ('queued', 'running')`,

  sql`create table tasks (
    tenant text not null,
    job_id text not null references jobs (id) on delete cascade,
    task_index integer not null,
    task_id json not null,
    row_segment text not null,
    row_offset bigint not null,
    row_length bigint not null,
    row_part text not null,
    primary key (job_id, task_index)
  )`,

  sql`create table rollouts (
    id text primary key,
    tenant text not null,
    job_id text not null references jobs (id) on delete cascade,
    task_index integer not null,
    rollout_index integer not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'done')),
    attempts integer not null default 0,
    lost_attempts integer not null default 0,
    fence bigint not null default 0,
    lease_owner text,
    lease_until timestamptz,
    available_at timestamptz not null default now(),
    outcome text,
    reward double precision,
    masked boolean,
    truncated_by text,
    reason text,
    reward_components json,
    metrics json,
    times json,
    sequence bigint,
    record_segment text,
    record_offset bigint,
    record_length bigint,
    ended_at timestamptz,
    check ((state = 'running') = (lease_owner is not null)),
    check ((state = 'done') = (outcome is not null)),
    check ((state = 'done') = (sequence is not null))
  )`,
  // Counts and groups of a job.
  sql`create unique index rollouts_job on rollouts (tenant, job_id, task_index, rollout_index)`,
  // Cursor reads.
  sql`create unique index rollouts_done on rollouts (tenant, job_id, sequence) where sequence is not null`,
  sql`create index rollouts_queued on rollouts (job_id, task_index, rollout_index) where state = 'queued'`,
  sql`create index rollouts_running on rollouts (lease_owner) where state = 'running'`,

  sql`create table attempts (
    tenant text not null,
    rollout_id text not null references rollouts (id) on delete cascade,
    number integer not null,
    worker text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    outcome text,
    error json,
    retried boolean not null default false,
    primary key (tenant, rollout_id, number)
  )`,
];

/** Jobs, their tasks and rollouts, and the ledger of attempts. */
export const initial: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await statement.execute(db);
  },
};
