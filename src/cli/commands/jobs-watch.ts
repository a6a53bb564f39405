import { Command } from "commander";
import type { Job } from "../../contract/jobs.ts";
import type { Rollout } from "../../contract/rollouts.ts";
import { jobEnded } from "../../core/machines/job.ts";
import { type Access, withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { jobSummary } from "../jobs/job-summary.ts";
import { exitCodeOfJob } from "../jobs/play-job.ts";
import { taskTable } from "../jobs/task-table.ts";
import { watchJob } from "../jobs/watch-job.ts";
import type { Session } from "../session.ts";

/** `sandlot jobs watch`: follows a job to its end; an interrupt leaves the job alone. */
export function watchCommand(session: Session): Command {
  return new Command("watch")
    .description("follow a job to its end; Ctrl-C leaves it running")
    .argument("<job>", "its id")
    .action(
      action(session, async (call) => {
        const access = await connect(call);
        return withAccess(call, access, () => watch(call, access));
      }),
    );
}

async function watch(call: CommandCall, access: Access): Promise<number> {
  const { screen, args, signal } = call;
  const { client } = access;
  const job = await client.getJob(args[0] ?? "", { signal });
  if (!access.plays && !jobEnded(job.state)) {
    screen.document({ type: "progress", job });
    screen.print(...jobSummary(screen, job));
    screen.note("no server runs over this data directory, so the job stands still: `sandlot serve` goes on with it");
    return EXIT.infrastructure;
  }
  const onRollout = (rollout: Rollout) => screen.document({ type: "rollout", rollout });
  const onProgress = (progress: Job) => screen.document({ type: "progress", job: progress });
  const watched = await watchJob(call, { client, job, onInterrupt: "leave", onRollout, onProgress });
  screen.document({ type: "end", job: watched.job });
  screen.print(...taskTable(screen, watched.tally.summaries()), "", ...jobSummary(screen, watched.job));
  return exitCodeOfJob(watched);
}
