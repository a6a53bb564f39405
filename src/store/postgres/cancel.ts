import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Database } from "./database.ts";
import { endInBatches } from "./end-rollouts.ts";

const CANCELLED = { outcome: "cancelled", reason: "cancelled" } as const;

/**
 * Cancels the job: what is queued ends now; what runs is told at its worker's next renewal, and ends without its worker when it
 * still runs after `graceMs`. Idempotent until it has completed.
 */
export async function cancelJob(
  db: Database,
  { tenant, id, graceMs }: { readonly tenant: string; readonly id: string; readonly graceMs: number },
): Promise<void> {
  const ended = await endInBatches(db, { id, tenant }, async (tx, job) => {
    // A caller that missed the first answer asks again, and gets what it asked for.
    if (job.state === "cancelled") return null;
    if (!job.move("cancel")) throw new SandlotError("job_ended", { job_id: id, state: job.state });
    job.acceptsNoMore();
    await tx
      .updateTable("jobs")
      .set({ cancel_at: sql<Date>`least(cancel_at, now() + ${graceMs}::float8 * interval '1 millisecond')` })
      .where("id", "=", id)
      .execute();
    return { which: graceMs > 0 ? sql`state = 'queued'` : sql`true`, end: CANCELLED };
  });
  if (ended === null) throw new SandlotError("not_found", { kind: "job", id });
}
