import { sql } from "kysely";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Claim, FinishedRollout } from "../port.ts";
import { countInGroups } from "./complete-groups.ts";
import type { Database, Tx } from "./database.ts";
import { endSurplus } from "./end-surplus.ts";
import { leaseLost } from "./held.ts";
import { type LockedJob, underJob } from "./locked-job.ts";
import { columnText } from "./text.ts";

/** The end of a claimed rollout. */
export interface Finish {
  readonly claim: Claim;
  readonly end: FinishedRollout;
}

/**
 * Records the ends of claimed rollouts of one job, each of another rollout, in one transaction. A caller that lost the answer
 * may ask again: the same claim gets the same sequence, and what was recorded first stands. Answers a sequence or `lease_lost` for each.
 */
export async function finishRollouts(
  db: Database,
  jobId: string,
  finishes: readonly Finish[],
): Promise<(number | SandlotError)[]> {
  const recorded = await underJob(db, { id: jobId }, (tx, job) => finishUnder(tx, job, finishes));
  const others = finishes.filter(({ claim }) => !recorded?.has(claim.rollout.id));
  const before = others.length === 0 ? null : await recordedBefore(db, others);
  return finishes.map(({ claim }) => {
    const { id } = claim.rollout;
    return recorded?.get(id) ?? before?.get(id) ?? leaseLost(claim);
  });
}

interface Done {
  readonly id: string;
  readonly task_index: number;
  readonly sequence: number;
}

/** Sequences of those that were still held, by rollout. */
async function finishUnder(tx: Tx, job: LockedJob, finishes: readonly Finish[]): Promise<Map<string, number>> {
  const column = <T>(read: (finish: Finish) => T) => finishes.map(read);
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  // Rows are locked in the order of their ids, as renewals lock them.
  const { rows } = await sql<Done>`
    with given as (
      select * from unnest(
        ${column(({ claim }) => claim.rollout.id)}::text[],
        ${column(({ claim }) => claim.fence)}::bigint[],
        ${column(({ claim }) => claim.attempt)}::int[],
        ${column(({ end }) => end.outcome)}::text[],
        ${column(({ end }) => json(end.error))}::text[],
        ${column(({ end }) => end.judgement.outcome)}::text[],
        ${column(({ end }) => end.judgement.reward)}::float8[],
        ${column(({ end }) => end.judgement.masked)}::bool[],
        ${column(({ end }) => end.judgement.truncated_by)}::text[],
        ${column(({ end }) => columnText(end.reason))}::text[],
        ${column(({ end }) => json(end.rewardComponents))}::text[],
        ${column(({ end }) => json(end.metrics))}::text[],
        ${column(({ end }) => json(end.times))}::text[],
        ${column(({ end }) => columnText(end.answer ?? null))}::text[],
        ${column(({ end }) => end.record?.segment ?? null)}::text[],
        ${column(({ end }) => end.record?.offset ?? null)}::bigint[],
        ${column(({ end }) => end.record?.length ?? null)}::bigint[]
      ) with ordinality as given (
        id, fence, attempt, attempt_outcome, error, outcome, reward, masked, truncated_by, reason, components, metrics, times,
        answer, segment, record_offset, record_length, n
      )
    ), held as (
      select given.*, rollouts.tenant from given
      join rollouts on rollouts.id = given.id and rollouts.fence = given.fence and rollouts.state = 'running'
      where rollouts.job_id = ${job.id}
      order by rollouts.id for update of rollouts
    ), placed as (
      select *, ${job.lastSequence}::bigint + row_number() over (order by n) as sequence from held
    ), attempt as (
      update attempts set ended_at = now(), outcome = placed.attempt_outcome, error = placed.error::json, retried = false
      from placed
      where attempts.tenant = placed.tenant and attempts.rollout_id = placed.id and attempts.number = placed.attempt
    )
    update rollouts set
      state = 'done',
      lease_owner = null,
      lease_until = null,
      outcome = placed.outcome,
      reward = placed.reward,
      masked = placed.masked,
      truncated_by = placed.truncated_by,
      reason = placed.reason,
      reward_components = placed.components::json,
      metrics = placed.metrics::json,
      times = placed.times::json,
      answer = placed.answer,
      record_segment = placed.segment,
      record_offset = placed.record_offset,
      record_length = placed.record_length,
      sequence = placed.sequence,
      ended_at = now()
    from placed where rollouts.id = placed.id
    returning rollouts.id, rollouts.task_index, rollouts.sequence
  `.execute(tx);
  const sequences = new Map(rows.map(({ id, sequence }) => [id, sequence]));
  const done = finishes.filter(({ claim }) => sequences.has(claim.rollout.id));
  job.ended(done.map(({ end }) => end.judgement));
  const open = await countInGroups(tx, job, groupsOf(rows));
  await endSurplus(tx, job, open);
  return sequences;
}

function groupsOf(rows: readonly Done[]) {
  const ended = new Map<number, number>();
  for (const { task_index } of rows) ended.set(task_index, (ended.get(task_index) ?? 0) + 1);
  return Array.from(ended, ([taskIndex, count]) => ({ taskIndex, ended: count }));
}

/** Only the claim's own finish leaves its fence on a rollout that is done: every other end moves the fence on. */
async function recordedBefore(db: Database, finishes: readonly Finish[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; sequence: number }>`
    select rollouts.id, rollouts.sequence from rollouts
    join unnest(
      ${finishes.map(({ claim }) => claim.rollout.id)}::text[], ${finishes.map(({ claim }) => claim.fence)}::bigint[]
    ) as given (id, fence) on rollouts.id = given.id and rollouts.fence = given.fence
    where rollouts.state = 'done'
  `.execute(db);
  return new Map(rows.map(({ id, sequence }) => [id, sequence]));
}
