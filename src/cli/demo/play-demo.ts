import type { Access } from "../access/access.ts";
import type { CommandCall } from "../command-call.ts";
import { jobSummary } from "../jobs/job-summary.ts";
import { exitCodeOfJob, jobDocument, type Played, playJob } from "../jobs/play-job.ts";
import { taskTable } from "../jobs/task-table.ts";
import { rolloutScreen } from "../rollout/rollout-screen.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { DEMO_ENVIRONMENT, type DemoModel } from "./demo-model.ts";
import type { DemoOptions } from "./demo-options.ts";
import { FailureCounts } from "./failure-lines.ts";
import { introduction } from "./introduction.ts";
import { nextCommands } from "./next-commands.ts";
import { recordedKindLines } from "./recorded-kinds.ts";

/** Attempts at each task when nobody says otherwise. */
const REPEATS = 4;

/** Plays the demo on a server that runs, and shows it. Answers the exit code. */
export async function playDemo(call: CommandCall<DemoOptions>, access: Access, model: DemoModel): Promise<number> {
  const { screen, options } = call;
  const { replay, config } = model;
  const isAnswer = options.answer !== undefined;
  const repeats = isAnswer ? 1 : (options.repeats ?? REPEATS);
  // Real models play the whole dataset; the replay model knows the tasks that were recorded.
  const recorded = replay ? [...replay.tasks.keys()] : undefined;
  const taskIds = options.task === undefined ? recorded : [options.task];
  const endpoint = config.models["default"];
  screen.print(
    ...introduction(screen, {
      environment: DEMO_ENVIRONMENT,
      tasks: taskIds?.length ?? (await taskCount(access)),
      repeats,
      provider: access.provider,
      model: isAnswer ? "answer" : replay ? "replay" : { name: endpoint?.model ?? "", url: endpoint?.url ?? "" },
    }),
    "",
  );
  const failures = new FailureCounts();
  let last = "";
  const played = await playJob(call, {
    access,
    request: { environment: DEMO_ENVIRONMENT, rows: null, taskIds, repeats, labels: { demo: "true" } },
    onRollout: (rollout) => {
      failures.add(rollout);
      last = rollout.id;
    },
  });
  if (isAnswer && last !== "") {
    const record = await access.client.getRollout(last);
    screen.document(record);
    screen.print(...rolloutScreen(screen, record));
    return exitCodeOfJob(played);
  }
  screen.document(jobDocument(played));
  const kinds = replay ? await recordedKindLines(screen, access.client, played.job.id, replay) : [];
  screen.print(...closing(call, access, played, failures, kinds));
  return exitCodeOfJob(played);
}

function closing(
  call: CommandCall<DemoOptions>,
  { dataDirectory }: Access,
  played: Played,
  failures: FailureCounts,
  kinds: readonly string[],
): string[] {
  const { screen } = call;
  const c = screen.colors;
  return [
    ...taskTable(screen, played.tally.summaries()),
    "",
    ...kinds,
    ...(kinds.length > 0 ? [""] : []),
    ...failures.lines(screen),
    "",
    ...jobSummary(screen, played.job),
    `records      ${sanitiseLine(dataDirectory ?? "")}`,
    "",
    c.bold("Try next"),
    ...nextCommands(call, dataDirectory ?? "", played, failures.example).flatMap(({ why, command }) => [
      `  ${c.dim(why)}`,
      `    ${command}`,
    ]),
  ];
}

async function taskCount({ client }: Access): Promise<number | null> {
  const environment = await client.getEnvironment(DEMO_ENVIRONMENT);
  return environment.datasets[0]?.tasks ?? null;
}
