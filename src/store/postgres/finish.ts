import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Claim, FinishedRollout } from "../port.ts";
import { endingAttempt } from "./attempts.ts";
import type { Database, Tx } from "./database.ts";
import { heldBy, leaseLost, lockJobOf } from "./held.ts";
import { jobAfter } from "./job-lock.ts";
import { columnText } from "./text.ts";

/**
 * Records the end of a claimed rollout. A caller that lost the answer may ask again: the same claim gets the same
 * sequence, and what was recorded first stands.
 */
export async function finishRollout(db: Database, claim: Claim, end: FinishedRollout): Promise<{ sequence: number }> {
  try {
    return await db.transaction().execute((tx) => finishUnder(tx, claim, end));
  } catch (error) {
    const sequence = SandlotError.is(error, "lease_lost") ? await recordedSequence(db, claim) : null;
    if (sequence === null) throw error;
    return { sequence };
  }
}

async function finishUnder(tx: Tx, claim: Claim, end: FinishedRollout): Promise<{ sequence: number }> {
  const job = await lockJobOf(tx, claim);
  const after = jobAfter(job, 1);
  const sequence = after.last_sequence;
  // One statement, because every other end of this job waits for ours. The job counts only what is done, and a lost
  // claim undoes the whole transaction.
  const counted = await tx
    .with("done", (creator) =>
      creator
        .updateTable("rollouts")
        .set({ ...columnsOf(end), sequence })
        .where(heldBy(claim))
        .returning("id"),
    )
    .with("attempt", (creator) => endingAttempt(creator, claim, end, false))
    .updateTable("jobs")
    .set(after)
    .where("id", "=", job.id)
    .where((eb) => eb.exists(eb.selectFrom("done").select("done.id")))
    .executeTakeFirst();
  if (counted.numUpdatedRows === 0n) throw leaseLost(claim);
  return { sequence };
}

function columnsOf(end: FinishedRollout) {
  const { judgement, record } = end;
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  return {
    state: "done" as const,
    lease_owner: null,
    lease_until: null,
    outcome: judgement.outcome,
    reward: judgement.reward,
    masked: judgement.masked,
    truncated_by: judgement.truncated_by,
    reason: columnText(end.reason),
    reward_components: json(end.rewardComponents),
    metrics: json(end.metrics),
    times: json(end.times),
    record_segment: record?.segment ?? null,
    record_offset: record?.offset ?? null,
    record_length: record?.length ?? null,
    answer: end.answer ?? null,
    ended_at: sql<Date>`now()`,
  };
}

/** Only the claim's own finish leaves its fence on a rollout that is done: every other end moves the fence on. */
async function recordedSequence(db: Database, claim: Claim): Promise<number | null> {
  const row = await db
    .selectFrom("rollouts")
    .select("sequence")
    .where("id", "=", claim.rollout.id)
    .where("fence", "=", claim.fence)
    .where("state", "=", "done")
    .executeTakeFirst();
  return row?.sequence ?? null;
}
