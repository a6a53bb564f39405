import { sql } from "kysely";
import type { Claim } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { underJob } from "./locked-job.ts";
import { requeueRollouts } from "./requeue-rollouts.ts";

/** Hands back what the claims still hold, as if it had not been started; claims that were lost are passed over. */
export async function releaseRollouts(db: Database, claims: readonly Claim[]): Promise<void> {
  const byJob = new Map<string, Claim[]>();
  for (const claim of claims) {
    const { jobId } = claim.rollout;
    byJob.set(jobId, [...(byJob.get(jobId) ?? []), claim]);
  }
  for (const [jobId, ofJob] of byJob) {
    await underJob(db, { id: jobId }, async (tx, job) => {
      const ids = await lockHeld(tx, ofJob);
      await forgetAttempts(tx, ids);
      await requeueRollouts(tx, job, ids, { delayMs: 0, attempt: "forgotten" });
    });
  }
}

async function lockHeld(tx: Tx, claims: readonly Claim[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select rollouts.id from rollouts
    join unnest(${claims.map((c) => c.rollout.id)}::text[], ${claims.map((c) => c.fence)}::bigint[]) as claimed (id, fence)
      on rollouts.id = claimed.id and rollouts.fence = claimed.fence
    where rollouts.state = 'running'
    order by rollouts.id
    for update of rollouts
  `.execute(tx);
  return rows.map((row) => row.id);
}

async function forgetAttempts(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`
    delete from attempts using rollouts
    where rollouts.id = any(${ids}::text[])
      and attempts.tenant = rollouts.tenant
      and attempts.rollout_id = rollouts.id
      and attempts.number = rollouts.attempts
  `.execute(tx);
}
