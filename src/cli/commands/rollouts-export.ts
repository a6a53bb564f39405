import { resolve } from "node:path";
import { Command, Option } from "commander";
import { EXPORT_FORMATS, type ExportFormat } from "../../contract/exports.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { jobEnded } from "../../core/machines/job.ts";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { ExportFiles, placeOf } from "../readings/export-files.ts";
import type { Session } from "../session.ts";
import { count, plural } from "../terminal/format.ts";

interface ExportOptions {
  readonly out: string;
  readonly format: ExportFormat;
  readonly resume?: boolean;
  readonly follow?: boolean;
}

/** Seconds that one request waits for the next rollout, with --follow. */
const WAIT_SECONDS = 30;

/** `sandlot rollouts export`: what a job has finished, as a file. */
export function rolloutsExportCommand(session: Session): Command {
  return new Command("export")
    .description("write a job's finished rollouts to a file, one JSON object a line; also while it runs")
    .argument("<job>", "its id")
    .requiredOption(
      "--out <rollouts.jsonl>",
      "a new file; in Gym's format, masked ones go to <rollouts>_failures.jsonl",
    )
    .addOption(
      new Option(
        "--format <name>",
        "gym: NeMo Gym's result rows; gym_profile: its entries of tasks; sandlot: whole records",
      )
        .choices([...EXPORT_FORMATS])
        .default("gym"),
    )
    .option("--resume", "go on with the file where an earlier export ended")
    .option("--follow", "go on until the job ends")
    .action(action<ExportOptions>(session, exportRollouts));
}

async function exportRollouts(call: CommandCall<ExportOptions>): Promise<void> {
  const { screen, options, args, signal, session } = call;
  const { format, resume = false, follow = false } = options;
  if (format === "gym_profile" && (resume || follow)) {
    const problem = "takes the tasks as they are now: neither --resume nor --follow go with it";
    throw new SandlotError("invalid_request", { fields: [{ field: "--format", problem }] });
  }
  const path = resolve(session.options.workingDirectory, options.out);
  const files = await ExportFiles.open(path, format, resume);
  const { main, failures } = files;
  let isWhole = false;
  try {
    await withAccess(call, await connect(call), async ({ client }) => {
      const id = args[0] ?? "";
      let last = resume ? await files.lastSequence(id) : null;
      for (;;) {
        // The state first: when the job had already ended, what follows is all there is.
        isWhole = jobEnded((await client.getJob(id, { signal })).state);
        const cursor = last === null ? undefined : String(last);
        const query = { format, cursor, wait_seconds: follow ? WAIT_SECONDS : 0 };
        for await (const line of client.exportJob(id, query, { signal })) {
          await files.append(line);
          last = placeOf(line)?.sequence ?? last;
          screen.progress.update(`${count(main.lines + (failures?.lines ?? 0))} written`);
        }
        if (!follow || isWhole) return;
      }
    });
  } catch (error) {
    if (!resume) await files.discardEmpty();
    throw error;
  } finally {
    screen.progress.clear();
    await files.close();
  }
  const beside = failures && { failures: { file: failures.path, lines: failures.lines } };
  screen.document({ file: main.path, lines: main.lines, ...beside, complete: isWhole });
  screen.print(`${plural(main.lines, format === "gym_profile" ? "task" : "rollout")}: ${options.out}`);
  if (failures && failures.lines > 0) screen.print(`${count(failures.lines)} masked: ${failures.path}`);
  if (!isWhole) screen.print(screen.colors.dim("(the job still runs; --resume goes on)"));
}
