import { sql } from "kysely";
import type { ClaimedRollout } from "../port.ts";
import type { Database } from "./database.ts";

/**
 * Extends the leases of these rollouts that `worker` still holds under these fences: a rollout that it lost and claimed again is
 * another claim's. Rows are locked in the order of their ids, as reclaim and release lock them; no job is locked, so that renewals
 * never wait for the jobs.
 */
export async function renewLeases(
  db: Database,
  request: { worker: string; rollouts: readonly ClaimedRollout[]; leaseMs: number },
): Promise<{ held: ClaimedRollout[]; cancelling: ClaimedRollout[] }> {
  const ids = request.rollouts.map(({ id }) => id);
  const fences = request.rollouts.map(({ fence }) => fence);
  const { rows } = await sql<ClaimedRollout & { cancelling: boolean }>`
    with mine as (
      select rollouts.id from rollouts
      join unnest(${ids}::text[], ${fences}::bigint[]) as claimed (id, fence)
        on rollouts.id = claimed.id and rollouts.fence = claimed.fence
      where rollouts.lease_owner = ${request.worker} and rollouts.state = 'running'
      order by rollouts.id for update of rollouts
    )
    update rollouts set lease_until = now() + ${request.leaseMs}::float8 * interval '1 millisecond'
    from mine, jobs
    where rollouts.id = mine.id and jobs.id = rollouts.job_id
    returning rollouts.id, rollouts.fence, jobs.state = 'cancelling' as cancelling
  `.execute(db);
  const held = rows.map(({ id, fence }) => ({ id, fence }));
  return { held, cancelling: held.filter((_, i) => rows[i]?.cancelling) };
}
