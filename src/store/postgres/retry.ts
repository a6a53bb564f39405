import type { AttemptEnd, Claim } from "../port.ts";
import { endingAttempt } from "./attempts.ts";
import type { Database } from "./database.ts";
import { heldBy, leaseLost, underJobOf } from "./held.ts";
import { requeueRollouts } from "./requeue-rollouts.ts";

/** Ends the claim's attempt and queues the rollout again after `delayMs`. */
export function retryRollout(db: Database, claim: Claim, end: AttemptEnd, delayMs: number): Promise<void> {
  return underJobOf(db, claim, async (tx, job) => {
    const held = await tx.selectFrom("rollouts").select("id").where(heldBy(claim)).forUpdate().executeTakeFirst();
    if (!held) throw leaseLost(claim);
    await endingAttempt(tx, claim, end, job.state !== "cancelling").execute();
    await requeueRollouts(tx, job, [claim.rollout.id], { delayMs, attempt: "counts" });
  });
}
