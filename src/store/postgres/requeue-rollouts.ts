import { sql } from "kysely";
import type { Tx } from "./database.ts";
import { endRollouts } from "./end-rollouts.ts";
import type { LockedJob } from "./locked-job.ts";

export interface Requeue {
  /** Time until they are due, in milliseconds. */
  readonly delayMs: number;
  /** What the attempt that ended counts as: one of the rollout's own, one whose worker died, or none. */
  readonly attempt: "counts" | "lost" | "forgotten";
}

/**
 * Queues running rollouts of the locked job again; into a job that is being cancelled they cannot go back, and end as
 * cancelled. The caller has locked them under the job.
 */
export async function requeueRollouts(tx: Tx, job: LockedJob, ids: readonly string[], how: Requeue): Promise<void> {
  if (ids.length === 0) return;
  const lost = how.attempt === "lost" ? 1 : 0;
  const forgotten = how.attempt === "forgotten" ? 1 : 0;
  await sql`
    update rollouts set
      state = 'queued',
      lease_owner = null,
      lease_until = null,
      available_at = now() + ${how.delayMs}::float8 * interval '1 millisecond',
      attempts = attempts - ${forgotten}::int,
      lost_attempts = lost_attempts + ${lost}::int
    where id = any(${ids}::text[])
  `.execute(tx);
  job.requeued(ids.length);
  if (job.state !== "cancelling") return;
  await endRollouts(tx, job, sql`id = any(${ids}::text[])`, { outcome: "cancelled", reason: "cancelled" });
}
