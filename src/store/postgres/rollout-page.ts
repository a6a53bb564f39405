import { sql } from "kysely";
import type { RolloutPageQuery, RolloutRow } from "../port.ts";
import type { Database } from "./database.ts";
import type { JobOfTenant } from "./measures.ts";
import { rolloutRowOf, selectRollouts } from "./rollout-row.ts";

/** Done rollouts of a job in sequence, as far as the query lets them through. */
export async function readPage(db: Database, of: JobOfTenant, query: RolloutPageQuery): Promise<RolloutRow[]> {
  const { after, limit, outcomes, taskId, minReward, maxReward, masked } = query;
  if (outcomes?.length === 0) return [];
  let page = selectRollouts(db)
    .where("rollouts.tenant", "=", of.tenant)
    .where("rollouts.job_id", "=", of.jobId)
    .where("rollouts.sequence", ">", after)
    .orderBy("rollouts.sequence")
    .limit(limit);
  if (outcomes) page = page.where("rollouts.outcome", "in", outcomes);
  if (minReward !== undefined) page = page.where("rollouts.reward", ">=", minReward);
  if (maxReward !== undefined) page = page.where("rollouts.reward", "<=", maxReward);
  if (masked !== undefined) page = page.where("rollouts.masked", "=", masked);
  // As text: reading the JSON would fail for ids that Postgres cannot hold as text.
  if (taskId !== undefined) page = page.where(sql<boolean>`tasks.task_id::text = ${JSON.stringify(taskId)}`);
  return (await page.execute()).map(rolloutRowOf);
}
