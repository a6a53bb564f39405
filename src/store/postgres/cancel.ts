import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { nextJobState } from "../../core/machines/job.ts";
import type { Database } from "./database.ts";
import { endRollouts } from "./end-rollouts.ts";
import { lockJob } from "./job-lock.ts";

/** Cancels the job: what is queued ends now, what runs is told at its worker's next renewal. Idempotent until it has completed. */
export async function cancelJob(db: Database, tenant: string, id: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const job = await lockJob(tx, id, tenant);
    if (!job) throw new SandlotError("not_found", { kind: "job", id });
    // A caller that missed the first answer asks again, and gets what it asked for.
    if (job.state === "cancelled" || job.state === "cancelling") return;
    const jobState = nextJobState(job.state, "cancel");
    if (jobState === "refused") throw new SandlotError("job_ended", { job_id: id, state: job.state });
    const queued = sql`select id from rollouts where job_id = ${id} and state = 'queued'`;
    await endRollouts(tx, job, queued, { outcome: "cancelled", reason: "cancelled", jobState });
  });
}
