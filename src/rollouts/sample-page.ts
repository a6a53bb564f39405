import type { Sample } from "../contract/samples.ts";
import { badCursor, parseCursor } from "./cursor.ts";
import type { RolloutSamples } from "./samples.ts";

/** Where a page of samples begins: after a sequence number, and so many branches of the rollout that follows it. */
interface SamplePlace {
  readonly after: number;
  readonly branch: number;
}

/** Reads `12` and `12.3`. Throws `invalid_request`. */
export function parseSampleCursor(cursor: string | null): SamplePlace {
  const [sequence = null, branch = "0", ...more] = cursor?.split(".") ?? [];
  if (more.length > 0) throw badCursor();
  return { after: parseCursor(sequence), branch: parseCursor(branch) };
}

/** Samples of rollouts, one after the other; `next_cursor` is null where there is room for all of them. */
export async function fillSamplePage<Row extends { readonly sequence: number | null }>(
  rows: readonly Row[],
  { after, branch }: SamplePlace,
  read: (row: Row, place: { readonly from: number; readonly holds: number }) => Promise<RolloutSamples>,
): Promise<{ readonly items: Sample[]; readonly next_cursor: string | null }> {
  const items: Sample[] = [];
  let holds = 0;
  let before = after;
  let from = branch;
  for (const row of rows) {
    const page = await read(row, { from, holds });
    items.push(...page.items);
    holds += page.tokens;
    if (page.next !== null) return { items, next_cursor: `${before}.${page.next}` };
    before = row.sequence ?? before;
    from = 0;
  }
  return { items, next_cursor: null };
}
