import { sql } from "kysely";
import { nextJobState } from "../../core/machines/job.ts";
import type { Claim, ClaimRequest } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { jobOf } from "./job-row.ts";
import { rolloutRowOf, selectRollouts } from "./rollout-row.ts";
import type { JobRecord } from "./schema.ts";

/**
 * Claims up to `limit` due rollouts, job by job in the order in which jobs are served. That order never changes
 * for a job, so that transactions which lock several jobs lock them alike.
 */
export async function claimRollouts(db: Database, request: ClaimRequest): Promise<Claim[]> {
  const rooms = new Map(request.rooms);
  // An idle queue costs one read and no transaction.
  if (request.limit <= 0 || !(await anyDue(db, fullOf(rooms)))) return [];
  return db.transaction().execute(async (tx) => {
    const claims: Claim[] = [];
    const visited: string[] = [];
    while (claims.length < request.limit) {
      const job = await lockNextJob(tx, { visited, full: fullOf(rooms) });
      if (!job) break;
      visited.push(job.id);
      const room = rooms.get(job.model) ?? Infinity;
      const limit = Math.min(room, request.limit - claims.length);
      const claimed = await claimOfJob(tx, job, { ...request, limit });
      if (room !== Infinity) rooms.set(job.model, room - claimed.length);
      claims.push(...claimed);
    }
    return claims;
  });
}

function fullOf(rooms: ReadonlyMap<string, number>): string[] {
  return Array.from(rooms).flatMap(([model, room]) => (room > 0 ? [] : [model]));
}

/** Jobs that may be claimed from and have a rollout that is due. */
function claimableJobs(db: Database | Tx, full: readonly string[]) {
  return db
    .selectFrom("jobs")
    .where("jobs.state", "in", ["queued", "running"])
    .$if(full.length > 0, (query) => query.where("jobs.model", "not in", full))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("rollouts")
          .select("rollouts.id")
          .whereRef("rollouts.job_id", "=", "jobs.id")
          .where("rollouts.state", "=", "queued")
          .where("rollouts.available_at", "<=", sql<Date>`now()`),
      ),
    );
}

async function anyDue(db: Database, full: readonly string[]): Promise<boolean> {
  return (await claimableJobs(db, full).select("jobs.id").limit(1).executeTakeFirst()) !== undefined;
}

function lockNextJob(
  tx: Tx,
  { visited, full }: { readonly visited: readonly string[]; readonly full: readonly string[] },
): Promise<JobRecord | undefined> {
  return claimableJobs(tx, full)
    .$if(visited.length > 0, (query) => query.where("jobs.id", "not in", visited))
    .selectAll("jobs")
    .orderBy("jobs.priority", "desc")
    .orderBy("jobs.created_at")
    .orderBy("jobs.id")
    .limit(1)
    .forUpdate("jobs")
    .executeTakeFirst();
}

async function claimOfJob(tx: Tx, job: JobRecord, request: ClaimRequest): Promise<Claim[]> {
  const state = nextJobState(job.state, "claim");
  if (state === "refused") return [];
  const claimed = await lease(tx, job.id, request);
  if (claimed.length === 0) return [];
  const { started_at } = await tx
    .updateTable("jobs")
    .set({ state, started_at: sql<Date>`coalesce(started_at, now())` })
    .where("id", "=", job.id)
    .returning("started_at")
    .executeTakeFirstOrThrow();
  const rows = await selectRollouts(tx)
    .where("rollouts.id", "in", claimed)
    .orderBy("rollouts.task_index")
    .orderBy("rollouts.rollout_index")
    .execute();
  const view = jobOf({ ...job, state, started_at });
  return rows.map((row) => ({ rollout: rolloutRowOf(row), job: view, attempt: row.attempts, fence: row.fence }));
}

/** Leases rollouts of one job and opens their attempts; answers their ids. */
async function lease(tx: Tx, jobId: string, request: ClaimRequest): Promise<string[]> {
  const { rows } = await sql<{ rollout_id: string }>`
    with due as (
      select id from rollouts
      where job_id = ${jobId} and state = 'queued' and available_at <= now()
      order by task_index, rollout_index
      limit ${request.limit}
      for update skip locked
    ), leased as (
      update rollouts set
        state = 'running',
        lease_owner = ${request.worker},
        lease_until = now() + ${request.leaseMs}::float8 * interval '1 millisecond',
        fence = fence + 1,
        attempts = attempts + 1
      from due where rollouts.id = due.id
      returning rollouts.tenant, rollouts.id, rollouts.attempts
    )
    insert into attempts (tenant, rollout_id, number, worker)
    select tenant, id, attempts, ${request.worker} from leased
    returning rollout_id
  `.execute(tx);
  return rows.map((row) => row.rollout_id);
}
