import { relative } from "node:path";
import type { CommandCall } from "../command-call.ts";
import type { Played } from "../jobs/play-job.ts";
import { commandLine } from "../terminal/command-line.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { DEMO_ENVIRONMENT } from "./demo-model.ts";
import type { DemoOptions } from "./demo-options.ts";

/** A command worth trying after the demo. */
export interface NextCommand {
  readonly why: string;
  readonly command: string;
}

/** An endpoint as vLLM opens it. */
const ENDPOINT = "http://127.0.0.1:8000/v1";

/** Exactly three: a rollout to read, a task to try oneself, a model to play. `example` is a rollout that failed. */
export function nextCommands(
  { session, options }: CommandCall<DemoOptions>,
  dataDirectory: string,
  { job, tally }: Played,
  example: { readonly id: string; readonly reason: string } | null,
): NextCommand[] {
  const { command: program, workingDirectory } = session.options;
  const there = { program, dataDir: shortPath(workingDirectory, dataDirectory) };
  const again = options.dataDir === undefined ? { program } : there;
  const task = tally.summaries()[0]?.task ?? "TASK";
  const read = example ? ["rollouts", "show", example.id] : ["rollouts", "list", "--job", job.id];
  const run = ["run", DEMO_ENVIRONMENT, "--model-url", ENDPOINT, "--repeats", "4", "--out", "rollouts.jsonl"];
  return [
    {
      why: example
        ? `one rollout that failed for ${sanitiseLine(example.reason)}: its program, and each test`
        : "every rollout of this job",
      command: commandLine(read, there),
    },
    {
      why: `your own program for the task ${sanitiseLine(task)}`,
      command: commandLine(["demo", "--task", task, "--answer", "program.py"], again),
    },
    { why: "your own model, kept as JSON lines", command: commandLine(run, { program }) },
  ];
}

function shortPath(from: string, path: string): string {
  const short = relative(from, path);
  return short !== "" && !short.startsWith("..") ? short : path;
}
