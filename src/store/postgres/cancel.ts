import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Database } from "./database.ts";
import { endRollouts } from "./end-rollouts.ts";
import { underJob } from "./locked-job.ts";

const CANCELLED = { outcome: "cancelled", reason: "cancelled" } as const;

/**
 * Cancels the job: what is queued ends now; what runs is told at its worker's next renewal, and ends without its worker when it
 * still runs after `graceMs`. Idempotent until it has completed.
 */
export async function cancelJob(
  db: Database,
  { tenant, id, graceMs }: { readonly tenant: string; readonly id: string; readonly graceMs: number },
): Promise<void> {
  const known = await underJob(db, { id, tenant }, async (tx, job) => {
    // A caller that missed the first answer asks again, and gets what it asked for.
    if (job.state === "cancelled") return true;
    if (!job.move("cancel")) throw new SandlotError("job_ended", { job_id: id, state: job.state });
    job.acceptsNoMore();
    await tx
      .updateTable("jobs")
      .set({ cancel_at: sql<Date>`least(cancel_at, now() + ${graceMs}::float8 * interval '1 millisecond')` })
      .where("id", "=", id)
      .execute();
    await endRollouts(tx, job, graceMs > 0 ? sql`state = 'queued'` : sql`true`, CANCELLED);
    return true;
  });
  if (!known) throw new SandlotError("not_found", { kind: "job", id });
}
