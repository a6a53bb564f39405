import type { CallContext } from "../../core/context.ts";
import type { MeasuredRow, RolloutReader } from "../../store/port.ts";

/** Rows of one read: parsing them takes a few milliseconds, between which others have their turn. */
const PAGE = 500;

/** The rollouts of each task of a job, task by task; of the tasks from `fromTask` to `toTask` where they are given. */
export async function* groupsOf(
  reader: RolloutReader,
  ctx: CallContext,
  jobId: string,
  { fromTask = null, toTask = null }: { readonly fromTask?: number | null; readonly toTask?: number | null } = {},
): AsyncGenerator<MeasuredRow[]> {
  let group: MeasuredRow[] = [];
  for (let after: MeasuredRow | null = null; ;) {
    const page: MeasuredRow[] = await reader.measures(ctx, jobId, { after, fromTask, toTask, limit: PAGE });
    for (const row of page) {
      if (group[0] && group[0].taskIndex !== row.taskIndex) {
        yield group;
        group = [];
      }
      group.push(row);
    }
    after = page.at(-1) ?? after;
    if (page.length < PAGE) break;
  }
  if (group.length > 0) yield group;
}
