import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { CommandCall } from "../command-call.ts";
import { readInput } from "../text-input.ts";
import type { JobRequest } from "./job-body.ts";
import { readRowLines, type RowLines } from "./row-lines.ts";
import type { RunOptions } from "./run-options.ts";

/** What `sandlot run` asks for. */
export interface RunRequest {
  readonly request: JobRequest;
  /** Where the rows came from; null for a dataset. */
  readonly lines: RowLines | null;
}

/** The job that the options ask for; the rows of `--input` are read and checked. Throws errors of the request domain. */
export async function readRunRequest({ session, options: o, args }: CommandCall<RunOptions>): Promise<RunRequest> {
  const { BOUNDS } = await import("../../contract/limits.ts");
  if (o.detach && o.out !== undefined) throw refuse("--out", "needs the command to stay; leave out --detach");
  if (o.input !== undefined && (o.dataset !== undefined || o.tasks !== undefined)) {
    throw refuse("--input", "brings its own rows; leave out --dataset and --tasks");
  }
  const lines =
    o.input === undefined
      ? null
      : readRowLines(await readInput(session.options, "--input", o.input, BOUNDS.bodyBytes), sourceName(o.input));
  const request: JobRequest = {
    environment: args[0] ?? "",
    // With an endpoint of its own, the model's name is the endpoint's, and ours is always the same.
    model: o.modelUrl === undefined ? o.model : undefined,
    rows: lines?.rows ?? null,
    dataset: o.dataset,
    taskIds: o.tasks,
    offset: o.offset,
    limit: o.limit,
    repeats: o.repeats,
    sampling: { temperature: o.temperature, top_p: o.topP, max_output_tokens: o.maxOutputTokens },
    limits: { turns: o.maxTurns, wall_seconds: o.maxSeconds },
    onTruncated: o.onTruncated,
    labels: o.label,
    onInvalid: o.skipInvalid ? "skip" : undefined,
    wanted: o.wanted,
    priority: o.priority,
    deadlineSeconds: o.deadlineSeconds,
  };
  return { request, lines };
}

function sourceName(input: string): string {
  return input === "-" ? "standard input" : input;
}

function refuse(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
