import type { ExpressionBuilder } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Claim } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { type LockedJob, underJob } from "./locked-job.ts";
import type { Tables } from "./schema.ts";

/** The claim's fence is old: somebody else has the rollout. */
export const leaseLost = (claim: Claim): SandlotError =>
  new SandlotError("lease_lost", { rollout_id: claim.rollout.id });

/** Does `work` under the claim's job. `lease_lost` when the job is gone. */
export async function underJobOf<T>(
  db: Database,
  claim: Claim,
  work: (tx: Tx, job: LockedJob) => Promise<T>,
): Promise<T> {
  const result = await underJob(db, { id: claim.rollout.jobId }, async (tx, job) => ({ value: await work(tx, job) }));
  if (!result) throw leaseLost(claim);
  return result.value;
}

/** Whether a rollout is the claim's, and still held by it: every change under a claim is guarded by this. */
export function heldBy(claim: Claim) {
  return (eb: ExpressionBuilder<Tables, "rollouts">) =>
    eb.and([
      eb("rollouts.id", "=", claim.rollout.id),
      eb("rollouts.fence", "=", claim.fence),
      eb("rollouts.state", "=", "running"),
    ]);
}
