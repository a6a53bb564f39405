import { sql } from "kysely";
import type { Outcome } from "../../core/outcome.ts";
import { type Tally, tallyOf } from "../../core/tally.ts";
import type { Database, Tx } from "./database.ts";

/** What is counted over a job's rollouts. */
export interface JobCounts {
  readonly tally: Tally;
  /** Over rollouts with a reward that are not masked; null when there is none. */
  readonly meanReward: number | null;
}

interface Draft {
  queued: number;
  running: number;
  outcomes: Partial<Record<Outcome, number>>;
  rewards: number;
  rewardSum: number;
}

const emptyDraft = (): Draft => ({ queued: 0, running: 0, outcomes: {}, rewards: 0, rewardSum: 0 });

/** Counts of the tenant's jobs, in one query for all of them. */
export async function countJobs(
  db: Database | Tx,
  tenant: string,
  ids: readonly string[],
): Promise<(id: string) => JobCounts> {
  const drafts = new Map<string, Draft>();
  const groups = ids.length === 0 ? [] : await groupsOf(db, tenant, ids);
  for (const group of groups) {
    const draft = drafts.get(group.job_id) ?? emptyDraft();
    drafts.set(group.job_id, draft);
    if (group.outcome) draft.outcomes[group.outcome] = group.count;
    else if (group.state !== "done") draft[group.state] = group.count;
    draft.rewards += group.rewards;
    draft.rewardSum += group.reward_sum ?? 0;
  }
  return (id) => {
    const draft = drafts.get(id) ?? emptyDraft();
    return { tally: tallyOf(draft), meanReward: draft.rewards === 0 ? null : draft.rewardSum / draft.rewards };
  };
}

function groupsOf(db: Database | Tx, tenant: string, ids: readonly string[]) {
  return db
    .selectFrom("rollouts")
    .select((eb) => [
      "job_id",
      "state",
      "outcome",
      eb.fn.countAll<number>().as("count"),
      sql<number>`count(reward) filter (where not masked)`.as("rewards"),
      sql<number | null>`sum(reward) filter (where not masked)`.as("reward_sum"),
    ])
    .where("tenant", "=", tenant)
    .where("job_id", "in", ids)
    .groupBy(["job_id", "state", "outcome"])
    .execute();
}
