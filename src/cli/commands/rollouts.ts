import { Command } from "commander";
import type { Rollout } from "../../contract/rollouts.ts";
import { OUTCOMES } from "../../core/outcome.ts";
import { rolloutsDiffCommand } from "./rollouts-diff.ts";
import { rolloutsExportCommand } from "./rollouts-export.ts";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { anyNumber, knownName, nameList, wholeNumber } from "../option-values.ts";
import { outcomeText } from "../rollout/outcome-text.ts";
import { rolloutScreen } from "../rollout/rollout-screen.ts";
import type { Session } from "../session.ts";
import { duration, plural, rewardText } from "../terminal/format.ts";
import { type Column, table } from "../terminal/table.ts";

const DEFAULT_LIMIT = 50;
/** Most that the server gives at once. */
const PAGE = 500;

interface ListOptions {
  readonly job: string;
  readonly outcome?: readonly string[];
  readonly task?: string;
  readonly minReward?: number;
  readonly maxReward?: number;
  readonly masked?: boolean;
  readonly limit?: number;
}

/** `sandlot rollouts`: what came of each attempt. */
export function rolloutsCommand(session: Session): Command {
  const list = new Command("list")
    .description("finished rollouts of a job, in the order they finished")
    .requiredOption("--job <id>", "the job")
    .option("--outcome <names>", `only these outcomes: ${OUTCOMES.join(", ")}`, nameList)
    .option("--task <id>", "only rollouts of this task")
    .option("--min-reward <number>", "only with this reward or more", anyNumber)
    .option("--max-reward <number>", "only with this reward or less", anyNumber)
    .option("--masked", "only what must not be trained on")
    .option("--no-masked", "only what may be trained on")
    .option("--limit <number>", `how many (default: ${DEFAULT_LIMIT})`, wholeNumber(1))
    .action(action<ListOptions>(session, listRollouts));
  const show = new Command("show")
    .description("one rollout: prompt, answer, code, tests, the first failure, attempts")
    .argument("<rollout>", "its id")
    .action(action(session, showRollout));
  return new Command("rollouts")
    .description("list, read, compare and export rollouts")
    .addCommand(list)
    .addCommand(show)
    .addCommand(rolloutsDiffCommand(session))
    .addCommand(rolloutsExportCommand(session));
}

const COLUMNS: readonly Column[] = [
  { title: "rollout" },
  { title: "task", shrink: true },
  { title: "try", align: "right" },
  { title: "outcome" },
  { title: "reward", align: "right" },
  { title: "reason", shrink: true },
  { title: "time", align: "right" },
];

async function listRollouts(call: CommandCall<ListOptions>): Promise<void> {
  const { screen, options, signal } = call;
  const limit = options.limit ?? DEFAULT_LIMIT;
  const outcome = options.outcome?.map((name) => knownName(name, OUTCOMES, "outcome"));
  const { task, minReward: min_reward, maxReward: max_reward, masked } = options;
  const filter = { outcome, task, min_reward, max_reward, masked };
  const page = await withAccess(call, await connect(call), async ({ client }) => {
    const items: Rollout[] = [];
    for (let cursor: string | undefined; ;) {
      const size = Math.min(PAGE, limit - items.length);
      const part = await client.listRollouts(options.job, { ...filter, limit: size, cursor }, { signal });
      items.push(...part.items);
      cursor = part.next_cursor;
      if (part.items.length < size || items.length >= limit) return { ...part, items };
    }
  });
  screen.document(page);
  const c = screen.colors;
  const rows = page.items.map((rollout: Rollout) => [
    rollout.id,
    rollout.task_id,
    String(rollout.rollout_index + 1),
    { text: plainOutcome(rollout), paint: () => outcomeText(screen, rollout) },
    rewardText(rollout.reward),
    rollout.reason ?? "",
    rollout.times ? duration(rollout.times.total_ms) : "–",
  ]);
  if (rows.length === 0) screen.print("no such rollouts");
  else screen.print(...table(COLUMNS, rows, { width: screen.columns, paintTitle: c.bold }));
  if (rows.length === limit) screen.print(c.dim(`(the first ${plural(rows.length, "rollout")}; --limit shows more)`));
}

function plainOutcome({ outcome, truncated_by, state }: Rollout): string {
  return truncated_by === null ? (outcome ?? state) : `${outcome} (${truncated_by})`;
}

async function showRollout(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  const record = await withAccess(call, await connect(call), ({ client }) =>
    client.getRollout(args[0] ?? "", { signal }),
  );
  screen.document(record);
  screen.print(...rolloutScreen(screen, record));
}
