import { type RawBuilder, sql } from "kysely";
import { masked, type Outcome } from "../../core/outcome.ts";
import { countInGroups } from "./complete-groups.ts";
import type { Database, Tx } from "./database.ts";
import { type LockedJob, underJob } from "./locked-job.ts";

export interface MaskedEnd {
  readonly outcome: Exclude<Outcome, "scored" | "truncated">;
  /** Code that says what ended them. */
  readonly reason: string;
}

interface Ended {
  task_index: number;
  queued: number;
  running: number;
}

/** Rollouts that one transaction ends: it has a minute. */
const BATCH_ROWS = 5_000;

/**
 * Ends open rollouts of a job without a result, a batch after the other, as `endRollouts` does. `prepare` changes the job first, and
 * answers what is to end; null for nothing. Null when there is no such job.
 */
export async function endInBatches(
  db: Database,
  of: { readonly id: string; readonly tenant?: string },
  prepare: (tx: Tx, job: LockedJob) => Promise<{ which: RawBuilder<unknown>; end: MaskedEnd } | null>,
): Promise<number | null> {
  for (let total = 0; ;) {
    const ended = await underJob(db, of, async (tx, job) => {
      const wanted = await prepare(tx, job);
      return wanted ? endRollouts(tx, job, wanted.which, wanted.end) : 0;
    });
    if (ended === null) return null;
    total += ended;
    if (ended < BATCH_ROWS) return total;
  }
}

/**
 * Ends open rollouts of the locked job without a result, in the order of its groups, as many as one transaction may; `which` is a
 * condition on `rollouts`. The fence grows: a worker that still holds one of them does not mistake this end for its own. Answers how many.
 */
export async function endRollouts(tx: Tx, job: LockedJob, which: RawBuilder<unknown>, end: MaskedEnd): Promise<number> {
  const judgement = masked(end.outcome);
  const { rows } = await sql<Ended>`
    with chosen as (
      select id from rollouts where job_id = ${job.id} and state <> 'done' and (${which})
      order by task_index, rollout_index limit ${BATCH_ROWS}
    ), locked as (
      select id, tenant, state, attempts, task_index, rollout_index from rollouts where id in (select id from chosen)
      order by id for update
    ), ending as (
      select *, row_number() over (order by task_index, rollout_index) as position from locked
    ), attempt as (
      update attempts set ended_at = now(), outcome = ${judgement.outcome}
      from ending
      where ending.state = 'running' and attempts.ended_at is null
        and attempts.tenant = ending.tenant and attempts.rollout_id = ending.id and attempts.number = ending.attempts
    ), done as (
      update rollouts set
        state = 'done',
        outcome = ${judgement.outcome},
        masked = ${judgement.masked},
        reason = ${end.reason},
        sequence = ${job.lastSequence}::bigint + ending.position,
        fence = fence + 1,
        lease_owner = null,
        lease_until = null,
        ended_at = now()
      from ending where rollouts.id = ending.id
      returning ending.task_index, ending.state
    )
    select task_index, count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'running') as running
    from done group by task_index
  `.execute(tx);
  const sum = (read: (row: Ended) => number) => rows.reduce((total, row) => total + read(row), 0);
  const left = { queued: sum((row) => row.queued), running: sum((row) => row.running) };
  job.endedMasked(judgement.outcome, left);
  const groups = rows.map((row) => ({ taskIndex: row.task_index, ended: row.queued + row.running }));
  await countInGroups(tx, job, groups);
  return left.queued + left.running;
}
