import { sql } from "kysely";
import type { RecentRollouts } from "../port.ts";
import type { Database } from "./database.ts";

/** Jobs that are looked at, and rollouts of each. */
const JOBS = 5;
const ROLLOUTS = 200;

export async function recentRollouts(
  db: Database,
  of: { readonly tenant: string; readonly environment: string; readonly model: string },
): Promise<RecentRollouts> {
  const { rows } = await sql<{ rollouts: number; mean_ms: number | null }>`
    with newest as (
      select id, last_sequence from jobs
      where tenant = ${of.tenant} and environment = ${of.environment} and model = ${of.model} and last_sequence > 0
      order by created_at desc limit ${JOBS}
    )
    select count(*) as rollouts, avg((rollouts.times ->> 'total_ms')::float8) as mean_ms
    from newest join rollouts on rollouts.tenant = ${of.tenant} and rollouts.job_id = newest.id
    where rollouts.sequence > newest.last_sequence - ${ROLLOUTS} and not rollouts.masked and rollouts.times is not null
  `.execute(db);
  const [row] = rows;
  return { rollouts: row?.rollouts ?? 0, meanMs: row?.mean_ms ?? null };
}
