import { Command } from "commander";
import { connect } from "../access/connect.ts";
import { withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { jobSummary, stateText } from "../jobs/job-summary.ts";
import { count, plural, rewardText, timestamp } from "../terminal/format.ts";
import { type Column, table } from "../terminal/table.ts";
import { wholeNumber } from "../option-values.ts";
import type { Session } from "../session.ts";
import { watchCommand } from "./jobs-watch.ts";

const DEFAULT_LIMIT = 20;

/** `sandlot jobs`: what was submitted and how it goes. */
export function jobsCommand(session: Session): Command {
  const command = new Command("jobs").description("list, show, watch, cancel and remove jobs");
  const list = new Command("list")
    .description("jobs, newest first")
    .option("--limit <number>", `how many (default: ${DEFAULT_LIMIT})`, wholeNumber(1))
    .action(action<{ limit?: number }>(session, listJobs));
  const show = new Command("show")
    .description("one job with the count of every outcome")
    .argument("<job>", "its id")
    .action(action(session, showJob));
  const cancel = new Command("cancel")
    .description("cancel a job; what has finished is kept")
    .argument("<job>", "its id")
    .action(action(session, cancelJob));
  const remove = new Command("remove")
    .description("remove a job that has ended, with its rollouts")
    .argument("<job>", "its id")
    .action(action(session, removeJob));
  return command
    .addCommand(list, { isDefault: true })
    .addCommand(show)
    .addCommand(cancel)
    .addCommand(remove)
    .addCommand(watchCommand(session));
}

const COLUMNS: readonly Column[] = [
  { title: "job" },
  { title: "state" },
  { title: "environment", shrink: true },
  { title: "model", shrink: true },
  { title: "done", align: "right" },
  { title: "masked", align: "right" },
  { title: "mean reward", align: "right" },
  { title: "created" },
];

async function listJobs(call: CommandCall<{ limit?: number }>): Promise<void> {
  const { screen, options, signal } = call;
  const page = await withAccess(call, await connect(call), ({ client }) =>
    client.listJobs({ limit: options.limit ?? DEFAULT_LIMIT }, { signal }),
  );
  screen.document(page);
  const c = screen.colors;
  const rows = page.items.map((job) => [
    job.id,
    { text: job.state, paint: () => stateText(screen, job) },
    job.environment,
    job.model,
    `${count(job.tally.scored + job.tally.truncated + job.tally.masked)}/${count(job.tally.requested)}`,
    { text: count(job.tally.masked), paint: job.tally.masked > 0 ? c.magenta : c.dim },
    rewardText(job.mean_reward),
    timestamp(job.created_at),
  ]);
  if (rows.length === 0) screen.print("no jobs yet: `sandlot run <environment>` makes one");
  else screen.print(...table(COLUMNS, rows, { width: screen.columns, paintTitle: c.bold }));
  if (page.next_cursor !== null) screen.print(c.dim(`(the newest ${plural(rows.length, "job")}; --limit shows more)`));
}

async function showJob(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  const job = await withAccess(call, await connect(call), ({ client }) => client.getJob(args[0] ?? "", { signal }));
  screen.document(job);
  screen.print(...jobSummary(screen, job));
}

async function cancelJob(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  const job = await withAccess(call, await connect(call), ({ client }) => client.cancelJob(args[0] ?? "", { signal }));
  screen.document(job);
  screen.print(...jobSummary(screen, job));
}

async function removeJob(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  const id = args[0] ?? "";
  screen.document(await withAccess(call, await connect(call), ({ client }) => client.removeJob(id, { signal })));
  screen.print(`${id} was removed`);
}
