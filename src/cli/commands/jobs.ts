import { Command } from "commander";
import { JOB_STATES } from "../../core/machines/job.ts";
import { connect } from "../access/connect.ts";
import { withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { jobSummary, stateText } from "../jobs/job-summary.ts";
import { count, plural, rewardText, timestamp } from "../terminal/format.ts";
import { type Column, table } from "../terminal/table.ts";
import { knownName, label, nameList, wholeNumber } from "../option-values.ts";
import type { Session } from "../session.ts";
import { jobFilterCommand } from "./jobs-filter.ts";
import { jobMetricsCommand } from "./jobs-metrics.ts";
import { jobProfileCommand } from "./jobs-profile.ts";
import { stateCommands } from "./jobs-states.ts";
import { watchCommand } from "./jobs-watch.ts";

const DEFAULT_LIMIT = 20;

interface ListOptions {
  readonly limit?: number;
  readonly state?: readonly string[];
  readonly environment?: string;
  readonly label?: Readonly<Record<string, string>>;
}

/** `sandlot jobs`: what was submitted and how it goes. */
export function jobsCommand(session: Session): Command {
  const command = new Command("jobs").description("list, show, watch, measure, feed, pause, cancel and remove jobs");
  const list = new Command("list")
    .description("jobs, newest first")
    .option("--limit <number>", `how many (default: ${DEFAULT_LIMIT})`, wholeNumber(1))
    .option("--state <names>", `only these states: ${JOB_STATES.join(", ")}`, nameList)
    .option("--environment <name>", "only jobs of this environment")
    .option("--label <key=value>", "only jobs with this label; may be repeated", label)
    .action(action<ListOptions>(session, listJobs));
  const show = new Command("show")
    .description("one job with the count of every outcome")
    .argument("<job>", "its id")
    .action(action(session, showJob));
  const remove = new Command("remove")
    .description("remove a job that has ended, with its rollouts")
    .argument("<job>", "its id")
    .action(action(session, removeJob));
  command.addCommand(list, { isDefault: true }).addCommand(show).addCommand(remove).addCommand(watchCommand(session));
  for (const change of stateCommands(session)) command.addCommand(change);
  return command
    .addCommand(jobMetricsCommand(session))
    .addCommand(jobProfileCommand(session))
    .addCommand(jobFilterCommand(session));
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

async function listJobs(call: CommandCall<ListOptions>): Promise<void> {
  const { screen, options, signal } = call;
  const { limit = DEFAULT_LIMIT, environment, label: labels } = options;
  const state = options.state?.map((name) => knownName(name, JOB_STATES, "state"));
  const page = await withAccess(call, await connect(call), ({ client }) =>
    client.listJobs({ limit, state, environment, labels }, { signal }),
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
  const isFiltered = Boolean(state ?? environment ?? labels);
  if (rows.length === 0)
    screen.print(isFiltered ? "no such jobs" : "no jobs yet: `sandlot run <environment>` makes one");
  else screen.print(...table(COLUMNS, rows, { width: screen.columns, paintTitle: c.bold }));
  if (page.next_cursor !== null) screen.print(c.dim(`(the newest ${plural(rows.length, "job")}; --limit shows more)`));
}

async function showJob(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  const job = await withAccess(call, await connect(call), ({ client }) => client.getJob(args[0] ?? "", { signal }));
  screen.document(job);
  screen.print(...jobSummary(screen, job));
}

async function removeJob(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  const id = args[0] ?? "";
  screen.document(await withAccess(call, await connect(call), ({ client }) => client.removeJob(id, { signal })));
  screen.print(`${id} was removed`);
}
