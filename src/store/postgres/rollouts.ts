import { throwIfEnded } from "../../core/context.ts";
import type { AttemptRow, RolloutReader } from "../port.ts";
import type { Database } from "./database.ts";
import { readMeasures, readTasks } from "./measures.ts";
import { readPage } from "./rollout-page.ts";
import { rolloutRowOf, selectRollouts } from "./rollout-row.ts";

/** The reading side on Postgres. */
export function rolloutReader(db: Database): RolloutReader {
  return {
    get: async (ctx, id) => {
      throwIfEnded(ctx);
      const query = selectRollouts(db)
        .where("rollouts.tenant", "=", ctx.principal.tenant)
        .where("rollouts.id", "=", id);
      const record = await query.executeTakeFirst();
      return record ? rolloutRowOf(record) : null;
    },
    page: async (ctx, jobId, query) => {
      throwIfEnded(ctx);
      return readPage(db, { tenant: ctx.principal.tenant, jobId }, query);
    },
    measures: async (ctx, jobId, query) => {
      throwIfEnded(ctx);
      return readMeasures(db, { tenant: ctx.principal.tenant, jobId }, query);
    },
    tasks: async (ctx, jobId, page) => {
      throwIfEnded(ctx);
      return readTasks(db, { tenant: ctx.principal.tenant, jobId }, page);
    },
    attempts: async (ctx, rolloutId) => {
      throwIfEnded(ctx);
      return attempts(db, ctx.principal.tenant, rolloutId);
    },
  };
}

async function attempts(db: Database, tenant: string, rolloutId: string): Promise<AttemptRow[]> {
  const records = await db
    .selectFrom("attempts")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("rollout_id", "=", rolloutId)
    .orderBy("number")
    .execute();
  return records.map(({ number, worker, started_at, ended_at, outcome, error, retried }) => ({
    number,
    worker,
    startedAt: started_at,
    endedAt: ended_at,
    outcome,
    error,
    retried,
  }));
}
