import type { Command } from "commander";
import type { EndpointOptions } from "../access/settings.ts";
import { providerOption } from "../provider-option.ts";
import { anyNumber, label, nameList, truncatedWorth, wholeNumber } from "../option-values.ts";

/** Options of `sandlot run`. */
export interface RunOptions extends EndpointOptions {
  readonly input?: string;
  readonly dataset?: string;
  readonly tasks?: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  readonly repeats?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly maxTurns?: number;
  readonly maxSeconds?: number;
  readonly onTruncated?: "score" | "mask" | { value: number };
  readonly concurrency?: number;
  readonly provider?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly detach?: boolean;
  readonly dryRun?: boolean;
  readonly skipInvalid?: boolean;
  readonly wanted?: number;
  readonly priority?: number;
  readonly deadlineSeconds?: number;
}

/** Adds them to a command. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--input <rows.jsonl>", "rows to play, one JSON object a line, sent as they are (- for standard input)")
    .option("--dataset <name>", "dataset of the environment (default: its first)")
    .option("--tasks <ids>", "only these tasks of the dataset, separated by commas", nameList)
    .option("--limit <number>", "tasks to take at most", wholeNumber(1))
    .option("--offset <number>", "tasks to pass over", wholeNumber())
    .option("--repeats <number>", "attempts at each task (default: 1)", wholeNumber(1))
    .option("--model <name>", "configured model; with --model-url, the name the endpoint knows it by")
    .option("--model-url <url>", "OpenAI-compatible endpoint to play with")
    .option("--model-key-file <file>", "file with the endpoint's API key")
    .option("--temperature <number>", "sampling temperature", anyNumber)
    .option("--top-p <number>", "nucleus sampling", anyNumber)
    .option("--max-output-tokens <number>", "tokens of one answer at most", wholeNumber(1))
    .option("--max-turns <number>", "model calls of a rollout at most", wholeNumber(1))
    .option("--max-seconds <number>", "the policy's time at most, waiting not counted", anyNumber)
    .option(
      "--on-truncated <worth>",
      "what a truncated rollout is worth: score, mask, or a number (default: score)",
      truncatedWorth,
    )
    .option("--concurrency <number>", "rollouts at the same time, for a server started for the job", wholeNumber(1))
    .addOption(providerOption())
    .option("--label <key=value>", "label of the job; may be repeated", label)
    .option("--out <rollouts.jsonl>", "write one JSON line per finished rollout, as they finish")
    .option("--overwrite", "replace the file of --out when it exists")
    .option("--dry-run", "check every row and say what the job would come to; submit nothing")
    .option("--skip-invalid", "leave out rows that the environment does not take")
    .option(
      "--wanted <number>",
      "rollouts of a task that are enough, of the --repeats that are started",
      wholeNumber(1),
    )
    .option("--priority <number>", "higher is played first among your own jobs (default: 0)", anyNumber)
    .option("--deadline-seconds <number>", "mask what is still open then", anyNumber)
    .option("--detach", "only submit the job; needs a running server");
}
