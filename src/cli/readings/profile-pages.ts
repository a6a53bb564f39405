import type { Client, ProfileListQuery } from "../../client/index.ts";
import type { Dropped, ProfilePage } from "../../contract/profiles.ts";

type Item = ProfilePage["items"][number];

/** What has been looked at, over all pages. */
export interface ProfileCounts {
  considered: number;
  kept: number;
  passReward: number;
  readonly dropped: Dropped;
}

export const noProfileCounts = (): ProfileCounts => ({
  considered: 0,
  kept: 0,
  passReward: 1,
  dropped: { open: 0, errors: 0, too_few: 0, below: 0, above: 0 },
});

/** The tasks of a job that the query lets through, page by page; `counts` grows with each. */
export async function* profileItems(
  client: Client,
  job: string,
  query: ProfileListQuery,
  { counts, signal }: { readonly counts: ProfileCounts; readonly signal: AbortSignal },
): AsyncGenerator<Item> {
  for (let cursor: string | undefined; ;) {
    const page = await client.getJobProfile(job, { ...query, cursor }, { signal });
    counts.considered += page.considered;
    counts.kept += page.items.length;
    counts.passReward = page.pass_reward;
    for (const why of Object.keys(counts.dropped) as (keyof Dropped)[]) counts.dropped[why] += page.dropped[why];
    yield* page.items;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}
