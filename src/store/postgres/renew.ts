import { sql } from "kysely";
import type { Database } from "./database.ts";

/**
 * Extends the leases of these rollouts that `worker` still holds. Rows are locked in the order of their ids, as reclaim and release lock them; no
 * job is locked, so that renewals never wait for the jobs.
 */
export async function renewLeases(
  db: Database,
  request: { worker: string; rollouts: readonly string[]; leaseMs: number },
): Promise<{ held: string[]; cancelling: string[] }> {
  const { rows } = await sql<{ id: string; cancelling: boolean }>`
    with mine as (
      select id from rollouts
      where id = any(${request.rollouts}::text[]) and lease_owner = ${request.worker} and state = 'running'
      order by id for update
    )
    update rollouts set lease_until = now() + ${request.leaseMs}::float8 * interval '1 millisecond'
    from mine, jobs
    where rollouts.id = mine.id and jobs.id = rollouts.job_id
    returning rollouts.id, jobs.state = 'cancelling' as cancelling
  `.execute(db);
  const cancelling = rows.filter((row) => row.cancelling);
  return { held: rows.map((row) => row.id), cancelling: cancelling.map((row) => row.id) };
}
