import { type QueryCreator, sql } from "kysely";
import type { AttemptEnd, Claim } from "../port.ts";
import type { Tables } from "./schema.ts";

/** The statement that closes the claim's entry in the ledger of attempts. */
export function endingAttempt(creator: QueryCreator<Tables>, claim: Claim, end: AttemptEnd, retried: boolean) {
  return creator
    .updateTable("attempts")
    .set({
      ended_at: sql<Date>`now()`,
      outcome: end.outcome,
      error: end.error === null ? null : JSON.stringify(end.error),
      retried,
    })
    .where("tenant", "=", claim.rollout.tenant)
    .where("rollout_id", "=", claim.rollout.id)
    .where("number", "=", claim.attempt);
}
