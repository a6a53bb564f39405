import { Command } from "commander";
import type { TaskProfile } from "../../contract/profiles.ts";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { wholeNumber } from "../option-values.ts";
import { addFilterOptions, droppedText, filterQuery, type FilterOptions } from "../readings/filter-options.ts";
import { noProfileCounts, profileItems } from "../readings/profile-pages.ts";
import { profileTable } from "../readings/profile-table.ts";
import type { Session } from "../session.ts";
import { count, plural } from "../terminal/format.ts";

const DEFAULT_LIMIT = 50;

interface ProfileOptions extends FilterOptions {
  readonly limit?: number;
}

/** `sandlot jobs profile`: what came of each task. */
export function jobProfileCommand(session: Session): Command {
  const command = new Command("profile")
    .description("what came of each task: pass rate, lengths, truncation, faults, durations")
    .argument("<job>", "its id")
    .option("--limit <number>", `tasks to show (default: ${DEFAULT_LIMIT})`, wholeNumber(1));
  return addFilterOptions(command).action(action<ProfileOptions>(session, showProfile));
}

async function showProfile(call: CommandCall<ProfileOptions>): Promise<void> {
  const { screen, options, args, signal } = call;
  const limit = options.limit ?? DEFAULT_LIMIT;
  const counts = noProfileCounts();
  const items: TaskProfile[] = [];
  const isWhole = await withAccess(call, await connect(call), async ({ client }) => {
    const query = { ...filterQuery(options), limit: Math.min(limit, 500) };
    for await (const item of profileItems(client, args[0] ?? "", query, { counts, signal })) {
      if (items.length >= limit) return false;
      items.push(item);
    }
    return true;
  });
  screen.document({ items, considered: counts.considered, dropped: counts.dropped, complete: isWhole });
  if (items.length === 0) screen.print("no such tasks");
  else screen.print(...profileTable(screen, items));
  const left = droppedText(counts.dropped);
  const c = screen.colors;
  if (left !== null) screen.print(c.dim(`(of ${plural(counts.considered, "task")}, ${left})`));
  if (!isWhole) screen.print(c.dim(`(the first ${count(items.length)}; --limit shows more)`));
}
