import { Command } from "commander";
import { withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { jobBody } from "../jobs/job-body.ts";
import { jobSummary } from "../jobs/job-summary.ts";
import { exitCodeOfJob, jobDocument, type Played, playJob } from "../jobs/play-job.ts";
import { withFileLine } from "../jobs/row-lines.ts";
import { readRunRequest, type RunRequest } from "../jobs/run-request.ts";
import { serverForRun } from "../jobs/run-server.ts";
import { addRunOptions, type RunOptions } from "../jobs/run-options.ts";
import { taskTable } from "../jobs/task-table.ts";
import type { Access } from "../access/access.ts";
import type { Session } from "../session.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { commandLine } from "../terminal/command-line.ts";

/** `sandlot run`: has a model play an environment and shows what came of it. */
export function runCommand(session: Session): Command {
  const command = new Command("run")
    .description("play an environment: on the running server, else on one started for the job")
    .argument("<environment>", "its name; `sandlot env list` shows them");
  return addRunOptions(command).action(action<RunOptions>(session, run));
}

async function run(call: CommandCall<RunOptions>): Promise<number> {
  const input = await readRunRequest(call);
  const access = await serverForRun(call, input.request.model ?? "default");
  return withAccess(call, access, async () => {
    try {
      return call.options.detach ? await detach(call, access, input) : await play(call, access, input);
    } catch (error) {
      throw input.lines ? withFileLine(error, input.lines, call.options.input ?? "") : error;
    }
  });
}

async function play(call: CommandCall<RunOptions>, access: Access, { request }: RunRequest): Promise<number> {
  const { screen, options } = call;
  const { out, overwrite } = options;
  const played = await playJob(call, { access, request, out, overwrite });
  screen.document(jobDocument(played));
  screen.print(
    ...taskTable(screen, played.tally.summaries()),
    "",
    ...jobSummary(screen, played.job),
    ...recordLines(call, access, played),
  );
  return exitCodeOfJob(played);
}

/** Where the records are. */
function recordLines({ options }: CommandCall<RunOptions>, access: Access, { job, out }: Played): string[] {
  const place = access.dataDirectory === null ? { url: access.url } : { dataDir: options.dataDir };
  const command = commandLine(["rollouts", "list", "--job", job.id], place);
  return [...(out ? [`records      ${sanitiseLine(out.path)} (${out.lines} lines)`] : []), `rollouts     ${command}`];
}

async function detach(call: CommandCall<RunOptions>, access: Access, { request }: RunRequest): Promise<number> {
  const { screen, options } = call;
  const job = await access.client.submitJob(jobBody(request), { signal: call.signal });
  const place = access.dataDirectory === null ? { url: access.url } : { dataDir: options.dataDir };
  screen.document(job);
  screen.print(`submitted ${job.id}: ${job.tally.requested} rollouts`, commandLine(["jobs", "watch", job.id], place));
  return EXIT.done;
}
