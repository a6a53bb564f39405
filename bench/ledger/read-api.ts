import type { Client } from "../../src/client/index.ts";
import type { Group } from "../../src/contract/groups.ts";
import type { Job } from "../../src/contract/jobs.ts";
import type { Rollout } from "../../src/contract/rollouts.ts";

/** What the API says of one job. */
export interface ApiJob {
  readonly job: Job;
  readonly rollouts: readonly Rollout[];
  readonly groups: readonly Group[];
}

export async function readJob(client: Client, id: string): Promise<ApiJob> {
  const job = await client.getJob(id);
  const rollouts: Rollout[] = [];
  for (let cursor: string | undefined, complete = false; !complete;) {
    const page = await client.listRollouts(id, { cursor, limit: 500 });
    rollouts.push(...page.items);
    cursor = page.next_cursor;
    complete = page.complete || page.items.length === 0;
  }
  const groups: Group[] = [];
  for (let cursor: string | undefined, complete = false; !complete;) {
    const page = await client.listGroups(id, { cursor, limit: 64 });
    groups.push(...page.items);
    cursor = page.next_cursor;
    complete = page.complete || page.items.length === 0;
  }
  return { job, rollouts, groups };
}
