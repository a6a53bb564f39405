import { type CallContext, throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { JobRow, JobStore } from "../port.ts";
import { addBatch } from "./add-tasks.ts";
import { cancelJob } from "./cancel.ts";
import { createJob } from "./create-job.ts";
import type { Database } from "./database.ts";
import { jobOf } from "./job-row.ts";
import { closeJob, pauseJob, resumeJob } from "./job-states.ts";
import { listJobs } from "./list-jobs.ts";
import { recentRollouts } from "./recent-rollouts.ts";
import { retryJob } from "./retry-job.ts";

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
    findByKey: async (ctx, { key, digest }) => {
      throwIfEnded(ctx);
      const query = db.selectFrom("jobs").selectAll().where("tenant", "=", ctx.principal.tenant);
      const record = await query.where("idempotency_key", "=", key).executeTakeFirst();
      if (!record) return null;
      if (record.idempotency_digest === digest) return jobOf(record);
      throw new SandlotError("idempotency_conflict", { key, job_id: record.id });
    },
    list: async (ctx, page) => {
      throwIfEnded(ctx);
      return listJobs(db, ctx.principal.tenant, page);
    },
    cancel: async (ctx, id, graceMs) => {
      throwIfEnded(ctx);
      await cancelJob(db, { ...ofTenant(ctx, id), graceMs });
      return known(db, ctx, id);
    },
    pause: async (ctx, id) => {
      throwIfEnded(ctx);
      await pauseJob(db, ofTenant(ctx, id));
      return known(db, ctx, id);
    },
    resume: async (ctx, id) => {
      throwIfEnded(ctx);
      await resumeJob(db, ofTenant(ctx, id));
      return known(db, ctx, id);
    },
    addTasks: async (ctx, id, batch) => {
      throwIfEnded(ctx);
      const added = await addBatch(db, ofTenant(ctx, id), batch);
      return { job: await known(db, ctx, id), added };
    },
    close: async (ctx, id) => {
      throwIfEnded(ctx);
      await closeJob(db, ofTenant(ctx, id));
      return known(db, ctx, id);
    },
    recent: async (ctx, of) => {
      throwIfEnded(ctx);
      return recentRollouts(db, { ...of, tenant: ctx.principal.tenant });
    },
    retry: async (ctx, id, retry) => {
      throwIfEnded(ctx);
      const made = await retryJob(db, ofTenant(ctx, id), retry);
      return { job: await known(db, ctx, made.id), created: made.created };
    },
  };
}

function ofTenant(ctx: CallContext, id: string) {
  return { tenant: ctx.principal.tenant, id };
}

async function find(db: Database, tenant: string, id: string): Promise<JobRow | null> {
  const query = db.selectFrom("jobs").selectAll().where("tenant", "=", tenant).where("id", "=", id);
  const record = await query.executeTakeFirst();
  return record ? jobOf(record) : null;
}

async function known(db: Database, ctx: CallContext, id: string): Promise<JobRow> {
  const job = await find(db, ctx.principal.tenant, id);
  if (!job) throw new SandlotError("not_found", { kind: "job", id });
  return job;
}
