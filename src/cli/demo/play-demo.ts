import { relative } from "node:path";
import type { Access } from "../access/access.ts";
import type { CommandCall } from "../command-call.ts";
import { jobSummary } from "../jobs/job-summary.ts";
import { exitCodeOfJob, jobDocument, type Played, playJob } from "../jobs/play-job.ts";
import { taskTable } from "../jobs/task-table.ts";
import { rolloutScreen } from "../rollout/rollout-screen.ts";
import { commandLine, type Place } from "../terminal/command-line.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { DEMO_ENVIRONMENT, type DemoModel } from "./demo-model.ts";
import type { DemoOptions } from "./demo-options.ts";
import { FailureCounts } from "./failure-lines.ts";
import { introduction } from "./introduction.ts";

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
  screen.print(...closing(call, access, played, failures));
  return exitCodeOfJob(played);
}

function closing(
  call: CommandCall<DemoOptions>,
  { dataDirectory }: Access,
  played: Played,
  failures: FailureCounts,
): string[] {
  const { screen, session } = call;
  const c = screen.colors;
  const shown = shortPath(session.options.workingDirectory, dataDirectory ?? "");
  return [
    ...taskTable(screen, played.tally.summaries()),
    "",
    ...failures.lines(screen),
    "",
    ...jobSummary(screen, played.job),
    `records      ${sanitiseLine(dataDirectory ?? "")}`,
    "",
    c.bold("Try next"),
    ...nextCommands(call, shown, played, failures).flatMap(([why, command]) => [`  ${c.dim(why)}`, `    ${command}`]),
  ];
}

/** Exactly three commands, each with what it shows. */
function nextCommands(
  call: CommandCall<DemoOptions>,
  shown: string,
  { job, tally }: Played,
  { example }: FailureCounts,
): [string, string][] {
  const place: Place = { dataDir: shown };
  const same: Place = call.options.dataDir === undefined ? {} : place;
  const task = tally.summaries()[0]?.task ?? "TASK";
  const look: [string, string] = example
    ? [
        `one rollout that failed for ${example.reason}: its program, and each test`,
        commandLine(["rollouts", "show", example.id], place),
      ]
    : ["every rollout of this job", commandLine(["rollouts", "list", "--job", job.id], place)];
  return [
    look,
    [
      `your own program for the task ${sanitiseLine(task)}`,
      commandLine(["demo", "--task", task, "--answer", "program.py"], same),
    ],
    [
      "your own model, kept as JSON lines",
      commandLine([
        "run",
        DEMO_ENVIRONMENT,
        "--model-url",
        "http://127.0.0.1:8000/v1",
        "--repeats",
        "4",
        "--out",
        "rollouts.jsonl",
      ]),
    ],
  ];
}

async function taskCount({ client }: Access): Promise<number | null> {
  const environment = await client.getEnvironment(DEMO_ENVIRONMENT);
  return environment.datasets[0]?.tasks ?? null;
}

function shortPath(from: string, path: string): string {
  const short = relative(from, path);
  return short !== "" && !short.startsWith("..") ? short : path;
}
