import type { AttemptEnd, Claim } from "../port.ts";
import { endingAttempt } from "./attempts.ts";
import type { Database } from "./database.ts";
import { heldBy, leaseLost, lockJobOf } from "./held.ts";
import { requeueRollouts } from "./requeue-rollouts.ts";

/** Ends the claim's attempt and queues the rollout again after `delayMs`. */
export async function retryRollout(db: Database, claim: Claim, end: AttemptEnd, delayMs: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const job = await lockJobOf(tx, claim);
    const held = await tx.selectFrom("rollouts").select("id").where(heldBy(claim)).forUpdate().executeTakeFirst();
    if (!held) throw leaseLost(claim);
    await endingAttempt(tx, claim, end, job.state !== "cancelling").execute();
    await requeueRollouts(tx, job, [claim.rollout.id], { delayMs, attempt: "counts" });
  });
}
