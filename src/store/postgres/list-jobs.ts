import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { JobFilter, JobRow } from "../port.ts";
import type { Database } from "./database.ts";
import { jobOf } from "./job-row.ts";

interface JobPage {
  readonly before: string | null;
  readonly limit: number;
  readonly filter?: JobFilter;
}

/** Jobs of the tenant, newest first. Throws `not_found` for a `before` that is no job of its. */
export async function listJobs(db: Database, tenant: string, page: JobPage): Promise<JobRow[]> {
  const { before, limit, filter = {} } = page;
  if (filter.states?.length === 0) return [];
  if (before !== null) await checkKnown(db, tenant, before);
  let newest = db
    .selectFrom("jobs")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  // The comparison stays in the database, whose times are finer than a Date.
  if (before !== null) {
    const last = sql`(select created_at, id from jobs where tenant = ${tenant} and id = ${before})`;
    newest = newest.where(sql<boolean>`(created_at, id) < ${last}`);
  }
  if (filter.states) newest = newest.where("state", "in", filter.states);
  if (filter.environment !== undefined) newest = newest.where("environment", "=", filter.environment);
  for (const label of Object.entries(filter.labels ?? {})) newest = newest.where(hasLabel(label));
  const records = await newest.execute();
  return records.map(jobOf);
}

async function checkKnown(db: Database, tenant: string, id: string): Promise<void> {
  const query = db.selectFrom("jobs").select("id").where("tenant", "=", tenant).where("id", "=", id);
  if (!(await query.executeTakeFirst())) throw new SandlotError("not_found", { kind: "job", id });
}

/**
 * In the text, which is ours (JSON.stringify of one flat object): taking it apart would fail for a text that Postgres cannot
 * hold, such as half of a pair, in any label. Within a string every quote has a backslash before it, so what follows a bare
 * brace or comma and begins with a bare quote is a member.
 */
function hasLabel([name, value]: [string, string]) {
  const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return sql<boolean>`(strpos(labels::text, ${`{${member}`}) > 0 or strpos(labels::text, ${`,${member}`}) > 0)`;
}
