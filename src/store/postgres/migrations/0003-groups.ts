import { type Kysely, type Migration, sql } from "kysely";

const STATEMENTS = [
  sql`alter table jobs
    drop constraint jobs_state_check,
    add constraint jobs_state_check
      check (state in ('queued', 'running', 'paused', 'cancelling', 'completed', 'cancelled')),
    add column queued integer not null default 0,
    add column running integer not null default 0,
    add column outcomes json not null default '{}',
    add column rewards integer not null default 0,
    add column reward_sum double precision not null default 0,
    add column accepting boolean not null default false,
    add column wanted integer,
    add column group_window integer,
    add column group_seconds double precision,
    add column deadline_at timestamptz,
    add column cancel_at timestamptz,
    add column paused_at timestamptz,
    add column last_group bigint not null default 0,
    add column retries json not null default '{}',
    add column max_versions_behind integer,
    add column retry_of text`,
  sql`update jobs set
    queued = counts.queued, running = counts.running, rewards = counts.rewards, reward_sum = counts.reward_sum
    from (
      select job_id, count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'running') as running,
        count(reward) filter (where not masked) as rewards, coalesce(sum(reward) filter (where not masked), 0) as reward_sum
      from rollouts group by job_id
    ) as counts where counts.job_id = jobs.id`,
  sql`update jobs set outcomes = counts.outcomes
    from (
      select job_id, json_object_agg(outcome, n) as outcomes
      from (select job_id, outcome, count(*) as n from rollouts where outcome is not null group by job_id, outcome) as each
      group by job_id
    ) as counts where counts.job_id = jobs.id`,

  // What is asked with every claim and every second is asked of jobs that have not ended.
  sql`drop index jobs_claimable`,
  sql`create index jobs_waiting on jobs (tenant, priority desc, created_at, id) where state in ('queued', 'running')`,
  sql`create index jobs_open on jobs (tenant) where state in ('queued', 'running', 'paused', 'cancelling')`,

  sql`alter table tasks
    add column size integer not null default 0,
    add column open integer not null default 0,
    add column sequence bigint,
    add column deadline_at timestamptz,
    add column ended_at timestamptz`,
  sql`update tasks set size = counts.size, open = counts.open, ended_at = counts.ended_at
    from (
      select job_id, task_index, count(*) as size, count(*) filter (where state <> 'done') as open, max(ended_at) as ended_at
      from rollouts group by job_id, task_index
    ) as counts where counts.job_id = tasks.job_id and counts.task_index = tasks.task_index`,
  sql`update tasks set ended_at = null where open > 0`,
  sql`update tasks set sequence = ended.position
    from (
      select job_id, task_index, row_number() over (partition by job_id order by ended_at, task_index) as position
      from tasks where open = 0 and size > 0
    ) as ended where ended.job_id = tasks.job_id and ended.task_index = tasks.task_index`,
  sql`update jobs set last_group = ended.n
    from (select job_id, count(*) as n from tasks where sequence is not null group by job_id) as ended
    where ended.job_id = jobs.id`,
  // Groups in the order of delivery, and those that are not complete.
  sql`create unique index tasks_delivered on tasks (job_id, sequence) where sequence is not null`,
  sql`create index tasks_open on tasks (job_id, task_index) where sequence is null`,
  sql`create index tasks_overdue on tasks (deadline_at) where sequence is null and deadline_at is not null`,

  // Processes of the version before do not keep the counts: whatever they would change fails from here on.
  sql`alter table jobs drop column open`,
  sql`alter table attempts add column fence bigint not null default 0`,
  sql`alter table attempts alter column fence drop default`,

  sql`create table batches (
    tenant text not null,
    job_id text not null references jobs (id) on delete cascade,
    key text not null,
    digest text not null,
    first_task integer not null,
    tasks integer not null,
    created_at timestamptz not null default now(),
    primary key (job_id, key)
  )`,

  sql`create table consumers (
    tenant text not null,
    job_id text not null references jobs (id) on delete cascade,
    name text not null,
    cursor bigint not null default 0,
    primary key (job_id, name)
  )`,
  sql`create table deliveries (
    tenant text not null,
    job_id text not null,
    consumer text not null,
    sequence bigint not null,
    lease_id text not null,
    lease_until timestamptz not null,
    size integer not null,
    acknowledged boolean not null default false,
    deliveries integer not null default 1,
    primary key (job_id, consumer, sequence),
    foreign key (job_id, consumer) references consumers (job_id, name) on delete cascade
  )`,
  sql`create index deliveries_lease on deliveries (job_id, lease_id)`,
  sql`create index deliveries_held on deliveries (job_id, consumer, sequence) where not acknowledged`,
];

/** Counts kept on the job, groups with their own order of delivery, batches of open-ended jobs, and what consumers hold. */
export const groups: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await statement.execute(db);
  },
};
