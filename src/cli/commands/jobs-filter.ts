import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Command } from "commander";
import { oneLine } from "../../core/json/one-line.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { addFilterOptions, droppedText, filterQuery, type FilterOptions } from "../readings/filter-options.ts";
import { noProfileCounts, profileItems } from "../readings/profile-pages.ts";
import type { Session } from "../session.ts";
import { plural } from "../terminal/format.ts";

interface FilterCommandOptions extends FilterOptions {
  readonly out: string;
}

/** `sandlot jobs filter`: a dataset of the tasks that went as asked. */
export function jobFilterCommand(session: Session): Command {
  const command = new Command("filter")
    .description(
      "write the rows of the tasks that went as asked to a new dataset, with a file that says where they are from",
    )
    .argument("<job>", "its id")
    .requiredOption("--out <rows.jsonl>", "a new file; <rows>.lineage.json is written beside it");
  return addFilterOptions(command)
    .addHelpText(
      "after",
      "\nExample: sandlot jobs filter <job> --min-pass 0.1 --max-pass 0.9 --no-errors --out band.jsonl",
    )
    .action(action<FilterCommandOptions>(session, filterJob));
}

async function filterJob(call: CommandCall<FilterCommandOptions>): Promise<number> {
  const { screen, options, args, signal, session } = call;
  const path = resolve(session.options.workingDirectory, options.out);
  const lineagePath = path.replace(/\.jsonl$/, "").concat(".lineage.json");
  const file = await newFile(path);
  const lineageFile = await newFile(lineagePath).catch(async (error: unknown) => {
    await file.close();
    await rm(path, { force: true });
    throw error;
  });
  const counts = noProfileCounts();
  const digest = createHash("sha256");
  let bytes = 0;
  try {
    const lineage = await withAccess(call, await connect(call), async ({ client }) => {
      const filter = filterQuery(options);
      const job = await client.getJob(args[0] ?? "", { signal });
      const query = { ...filter, include: "row", limit: 100 } as const;
      for await (const { row } of profileItems(client, job.id, query, { counts, signal })) {
        const line = Buffer.from(`${oneLine(row ?? "")}\n`);
        await file.appendFile(line);
        digest.update(line);
        bytes += line.length;
      }
      await file.sync();
      const { considered, kept, dropped, passReward } = counts;
      const { id, environment, model, repeats, replay, labels, created_at, state, tally } = job;
      return {
        lineage: 1,
        made_by: `sandlot ${session.options.version}`,
        made_at: new Date(call.session.clock.now()).toISOString(),
        job: { id, environment, model, repeats, replay, labels, created_at, state, tally },
        filter: { ...filter, pass_reward: passReward },
        tasks: { considered, kept, dropped },
        output: { file: basename(path), rows: kept, bytes, sha256: digest.digest("hex") },
      };
    });
    await lineageFile.appendFile(`${JSON.stringify(lineage, null, 2)}\n`);
    screen.document({ ...lineage, path, lineage_path: lineagePath });
  } catch (error) {
    // Half a dataset is none.
    await Promise.all([rm(path, { force: true }), rm(lineagePath, { force: true })]);
    throw error;
  } finally {
    await file.close();
    await lineageFile.close();
  }
  const left = droppedText(counts.dropped);
  screen.print(
    `${plural(counts.kept, "row")} of ${plural(counts.considered, "task")}${left === null ? "" : ` (left out: ${left})`}`,
    `rows         ${options.out}`,
    `lineage      ${basename(lineagePath)}`,
  );
  return counts.kept > 0 ? EXIT.done : EXIT.failed;
}

async function newFile(path: string) {
  return open(path, "wx").catch((error: unknown) => {
    throw new SandlotError("invalid_request", { fields: [{ field: "--out", problem: messageOf(error) }] });
  });
}
