import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Client } from "../../client/index.ts";
import type { Job } from "../../contract/jobs.ts";
import type { Outcome } from "../../core/outcome.ts";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { jobSummary } from "../jobs/job-summary.ts";
import { nameList } from "../option-values.ts";
import type { Session } from "../session.ts";
import { plural } from "../terminal/format.ts";

type Act = (client: Client, id: string, call: { readonly signal: AbortSignal }) => Promise<Job>;

/** What changes a job as a whole: `sandlot jobs cancel|pause|resume|close|retry|feed`. */
export function stateCommands(session: Session): Command[] {
  return [
    onJob(session, "cancel", "cancel a job; what has finished is kept", (client, id, call) =>
      client.cancelJob(id, call),
    ),
    onJob(session, "pause", "begin no more rollouts of a job; what runs goes on", (client, id, call) =>
      client.pauseJob(id, call),
    ),
    onJob(session, "resume", "go on with a paused job", (client, id, call) => client.resumeJob(id, call)),
    onJob(session, "close", "take no more tasks for an open-ended job", (client, id, call) =>
      client.closeJob(id, call),
    ),
    retryCommand(session),
    feedCommand(session),
  ];
}

function onJob(session: Session, name: string, description: string, act: Act): Command {
  return new Command(name)
    .description(description)
    .argument("<job>", "its id")
    .action(action(session, (call) => change(call, act)));
}

async function change<T extends object>(call: CommandCall<T>, act: Act): Promise<void> {
  const { screen, args, signal } = call;
  const job = await withAccess(call, await connect(call), ({ client }) => act(client, args[0] ?? "", { signal }));
  screen.document(job);
  screen.print(...jobSummary(screen, job));
}

function retryCommand(session: Session): Command {
  return new Command("retry")
    .description("play the masked rollouts of an ended job again, as a job of its own")
    .argument("<job>", "its id")
    .option("--outcomes <names>", "only these outcomes, separated by commas (default: all but cancelled)", nameList)
    .action(
      action<{ outcomes?: readonly string[] }>(session, (call) =>
        change(call, (client, id, options) => client.retryJob(id, known(call.options.outcomes), options)),
      ),
    );
}

/** The server names those that it does not know. */
function known(names: readonly string[] | undefined): readonly Outcome[] | undefined {
  return names as readonly Outcome[] | undefined;
}

interface FeedOptions {
  readonly skipInvalid?: boolean;
  readonly key?: string;
}

function feedCommand(session: Session): Command {
  return new Command("feed")
    .description("add rows to an open-ended job, all of them or none")
    .argument("<job>", "its id")
    .argument("<rows.jsonl>", "one JSON object a line, sent as they are while they are read")
    .option("--skip-invalid", "leave out rows that the environment does not take")
    .option("--key <text>", "idempotency key: the same key with the same rows adds nothing")
    .action(action<FeedOptions>(session, feed));
}

async function feed(call: CommandCall<FeedOptions>): Promise<void> {
  const { screen, args, options, signal } = call;
  const [id = "", file = ""] = args;
  const lines = createReadStream(resolve(call.session.options.workingDirectory, file));
  const onInvalid = options.skipInvalid ? "skip" : "fail";
  const upload = { signal, onInvalid, idempotencyKey: options.key } as const;
  const added = await withAccess(call, await connect(call), ({ client }) => client.uploadTasks(id, lines, upload));
  screen.document(added);
  const { job, skipped } = added;
  if (!added.added) screen.print("these rows had been added before: nothing changed");
  if (skipped.count > 0) screen.print(`left out ${plural(skipped.count, "row")}:`);
  for (const { row, problem } of skipped.first) screen.print(`  row ${row}: ${problem}`);
  screen.print(...jobSummary(screen, job));
}
