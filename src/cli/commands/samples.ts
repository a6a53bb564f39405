import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Client } from "../../client/index.ts";
import type { Sample } from "../../contract/samples.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { type ContiguityCheck, SampleCheck } from "../samples/found.ts";
import { checkGymLines } from "../samples/gym-lines.ts";
import type { Session } from "../session.ts";
import { count, plural } from "../terminal/format.ts";
import type { Screen } from "../terminal/screen.ts";
import { safeJson, sanitiseLine } from "../terminal/sanitise.ts";
import { type Column, table } from "../terminal/table.ts";
import { readInput } from "../text-input.ts";

/** Rollouts of one request: their samples are large. */
const PAGE = 20;
const MAX_FILE_BYTES = 1 << 30;
/** Breaks that are shown; --json has all. */
const MAX_SHOWN = 100;

/** `sandlot samples`: what a trainer reads. */
export function samplesCommand(session: Session): Command {
  const fetch = new Command("fetch")
    .description("write the samples of a job's finished rollouts to a file, one JSON object a line")
    .argument("<job>", "its id")
    .requiredOption("--out <file>", "a new file")
    .action(action<{ readonly out: string }>(session, fetchSamples));
  const check = new Command("check")
    .description("whether every rollout's turns join into one sequence of tokens; exit code 1 when one does not")
    .argument("[job]", "a job's id")
    .option("--file <file>", "a file of NeMo Gym's rollouts instead, one JSON object a line; - for standard input")
    .action(action<{ readonly file?: string }>(session, checkSamples));
  return new Command("samples").description("fetch and check token samples").addCommand(fetch).addCommand(check);
}

async function* samplesOf(client: Client, job: string, signal: AbortSignal): AsyncGenerator<Sample> {
  for (let cursor: string | undefined; ;) {
    const page = await client.listSamples(job, { cursor, limit: PAGE }, { signal });
    yield* page.items;
    if (page.next_cursor === (cursor ?? "0")) return;
    cursor = page.next_cursor;
  }
}

async function fetchSamples(call: CommandCall<{ readonly out: string }>): Promise<void> {
  const { screen, options, args, signal, session } = call;
  const path = resolve(session.options.workingDirectory, options.out);
  const file = await open(path, "wx").catch((error: unknown) => {
    throw new SandlotError("invalid_request", { fields: [{ field: "--out", problem: messageOf(error) }] });
  });
  const tally = { samples: 0, masked: 0, trained_tokens: 0 };
  try {
    await withAccess(call, await connect(call), async ({ client }) => {
      for await (const sample of samplesOf(client, args[0] ?? "", signal)) {
        await file.appendFile(`${safeJson(sample)}\n`);
        tally.samples++;
        if (sample.mask) tally.masked++;
        else tally.trained_tokens += sample.loss_mask.filter((mask) => mask === 1).length;
      }
    });
    await file.sync();
  } finally {
    await file.close();
  }
  screen.document({ file: path, ...tally });
  const tokens = `${count(tally.trained_tokens)} tokens to train on`;
  screen.print(`${plural(tally.samples, "sample")}, ${count(tally.masked)} masked, ${tokens}: ${options.out}`);
}

async function checkSamples(call: CommandCall<{ readonly file?: string }>): Promise<number> {
  const { screen, options, args, session } = call;
  const [job] = args;
  if ((job === undefined) === (options.file === undefined)) {
    const problem = "name a job or a file, one of the two";
    throw new SandlotError("invalid_request", { fields: [{ field: "job", problem }] });
  }
  const check =
    options.file === undefined
      ? await checkJob(call, job ?? "")
      : checkGymLines(await readInput(session.options, "--file", options.file, MAX_FILE_BYTES));
  screen.document(check);
  screen.print(...checkLines(check, screen));
  return check.contiguous === check.rollouts ? EXIT.done : EXIT.failed;
}

function checkJob(call: CommandCall, job: string): Promise<ContiguityCheck> {
  return connect(call).then((access) =>
    withAccess(call, access, async ({ client }) => {
      const check = new SampleCheck();
      for await (const sample of samplesOf(client, job, call.signal)) check.add(sample);
      return check.end();
    }),
  );
}

const COLUMNS: readonly Column[] = [
  { title: "where" },
  { title: "turn", align: "right" },
  { title: "what breaks it", shrink: true },
];

function checkLines({ rollouts, contiguous, found }: ContiguityCheck, { columns: width, colors }: Screen): string[] {
  const rows = found
    .slice(0, MAX_SHOWN)
    .map(({ where, turn, reason }) => [where, turn === null ? "" : String(turn), sanitiseLine(reason)]);
  const shown = found.length > MAX_SHOWN ? [`(${MAX_SHOWN} of ${count(found.length)}; --json has all)`] : [];
  const verdict = `${count(contiguous)} of ${plural(rollouts, "rollout")} join into one sequence of tokens`;
  return [
    ...(rows.length > 0 ? [...table(COLUMNS, rows, { width, paintTitle: colors.bold }), ...shown, ""] : []),
    verdict,
  ];
}
