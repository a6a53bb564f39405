import { type CallContext, throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { JobRow, JobStore } from "../port.ts";
import { cancelJob } from "./cancel.ts";
import { createJob } from "./create-job.ts";
import type { Database } from "./database.ts";
import { countJobs } from "./job-counts.ts";
import { jobRowOf } from "./job-row.ts";
import { listJobs } from "./list-jobs.ts";

/** The submitting side on Postgres. */
export function jobStore(db: Database): JobStore {
  return {
    create: async (ctx, job) => {
      throwIfEnded(ctx);
      const { id, created } = await createJob(db, ctx.principal.tenant, job);
      return { job: await known(db, ctx, id), created };
    },
    get: async (ctx, id) => {
      throwIfEnded(ctx);
      return find(db, ctx.principal.tenant, id);
    },
    list: async (ctx, page) => {
      throwIfEnded(ctx);
      return listJobs(db, ctx.principal.tenant, page);
    },
    cancel: async (ctx, id) => {
      throwIfEnded(ctx);
      await cancelJob(db, ctx.principal.tenant, id);
      return known(db, ctx, id);
    },
  };
}

async function find(db: Database, tenant: string, id: string): Promise<JobRow | null> {
  const query = db.selectFrom("jobs").selectAll().where("tenant", "=", tenant).where("id", "=", id);
  const record = await query.executeTakeFirst();
  if (!record) return null;
  const counts = await countJobs(db, tenant, [id]);
  return jobRowOf(record, counts(id));
}

async function known(db: Database, ctx: CallContext, id: string): Promise<JobRow> {
  const job = await find(db, ctx.principal.tenant, id);
  if (!job) throw new SandlotError("not_found", { kind: "job", id });
  return job;
}
