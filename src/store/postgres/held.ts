import type { ExpressionBuilder } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Claim } from "../port.ts";
import type { Tx } from "./database.ts";
import { type LockedJob, lockJob } from "./job-lock.ts";
import type { Tables } from "./schema.ts";

/** The claim's fence is old: somebody else has the rollout. */
export const leaseLost = (claim: Claim): SandlotError =>
  new SandlotError("lease_lost", { rollout_id: claim.rollout.id });

/** Locks the claim's job. `lease_lost` when it is gone. */
export async function lockJobOf(tx: Tx, claim: Claim): Promise<LockedJob> {
  const job = await lockJob(tx, claim.rollout.jobId);
  if (!job) throw leaseLost(claim);
  return job;
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
