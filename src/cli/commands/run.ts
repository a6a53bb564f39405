import { Command } from "commander";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { jobBody } from "../jobs/job-body.ts";
import { jobSummary } from "../jobs/job-summary.ts";
import { exitCodeOfJob, jobDocument, type Played, playJob } from "../jobs/play-job.ts";
import { RecordFile } from "../jobs/record-file.ts";
import { withFileLine } from "../jobs/row-lines.ts";
import { readRunRequest, type RunRequest } from "../jobs/run-request.ts";
import { serverForRun } from "../jobs/run-server.ts";
import { addRunOptions, type RunOptions } from "../jobs/run-options.ts";
import { taskTable } from "../jobs/task-table.ts";
import { type Access, withAccess } from "../access/access.ts";
import type { Session } from "../session.ts";
import { duration, plural } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { commandLine, type Place } from "../terminal/command-line.ts";

/** `sandlot run`: has a model play an environment and shows what came of it. */
export function runCommand(session: Session): Command {
  const command = new Command("run")
    .description("play an environment: on the running server, else on one started for the job")
    .argument("<environment>", "its name; `sandlot env list` shows them");
  return addRunOptions(command).action(action<RunOptions>(session, run));
}

async function run(call: CommandCall<RunOptions>): Promise<number> {
  const { options, session } = call;
  const input = await readRunRequest(call);
  const records =
    options.out === undefined
      ? null
      : await RecordFile.create(session.options.workingDirectory, options.out, options.overwrite ?? false);
  try {
    const access = await serverForRun(call, input.request.model ?? "default");
    return await withAccess(call, access, async () => {
      if (options.dryRun) return await dryRun(call, access, input);
      return options.detach ? await detach(call, access, input) : await play(call, access, input, records);
    });
  } catch (error) {
    throw input.lines ? withFileLine(error, input.lines, options.input ?? "") : error;
  } finally {
    await records?.close();
  }
}

async function play(
  call: CommandCall<RunOptions>,
  access: Access,
  { request }: RunRequest,
  records: RecordFile | null,
): Promise<number> {
  const { screen } = call;
  const played = await playJob(call, { access, request, records });
  screen.document(jobDocument(played));
  const table = taskTable(screen, played.tally.summaries());
  screen.print(...table, "", ...jobSummary(screen, played.job), ...recordLines(call, access, played));
  return exitCodeOfJob(played);
}

/** Where the records are. */
function recordLines(call: CommandCall, access: Access, { job, out }: Played): string[] {
  const command = commandLine(["rollouts", "list", "--job", job.id], placeOf(call, access));
  return [...(out ? [`records      ${sanitiseLine(out.path)} (${out.lines} lines)`] : []), `rollouts     ${command}`];
}

async function dryRun(call: CommandCall<RunOptions>, access: Access, { request }: RunRequest): Promise<number> {
  const { screen } = call;
  const estimate = await access.client.dryRunJob(jobBody(request), { signal: call.signal });
  screen.document(estimate);
  const { tasks, rollouts, skipped, seconds_per_rollout: seconds, basis } = estimate;
  screen.print(`${plural(tasks, "task")}, ${plural(rollouts, "rollout")}; nothing was submitted`);
  if (skipped.count > 0) screen.print(`${plural(skipped.count, "row")} would be left out:`);
  for (const { row, problem } of skipped.first) screen.print(`  row ${row}: ${sanitiseLine(problem)}`);
  if (seconds !== null) {
    const text = `${seconds.toFixed(1)} s a rollout, as the last ${basis} took`;
    screen.print(`${text}: ${duration(1000 * seconds * rollouts)} of rollouts, one after the other`);
  }
  return EXIT.done;
}

async function detach(call: CommandCall<RunOptions>, access: Access, { request }: RunRequest): Promise<number> {
  const { screen } = call;
  const job = await access.client.submitJob(jobBody(request), { signal: call.signal });
  screen.document(job);
  screen.print(
    `submitted ${job.id}: ${job.tally.requested} rollouts`,
    commandLine(["jobs", "watch", job.id], placeOf(call, access)),
  );
  return EXIT.done;
}

function placeOf({ session, options }: CommandCall, { dataDirectory, url }: Access): Place {
  const program = session.options.command;
  return dataDirectory === null ? { program, url } : { program, dataDir: options.dataDir };
}
