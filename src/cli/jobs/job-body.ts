import type { JobSubmissionInput } from "../../contract/jobs.ts";
import { joinElements, joinMembers } from "../../core/json/raw.ts";

/** A submission whose rows are raw text. Undefined members are left out. */
export interface JobRequest {
  readonly environment: string;
  readonly model?: string | undefined;
  /** JSON texts of rows, exactly as they came; null plays the environment's dataset. */
  readonly rows: readonly string[] | null;
  readonly dataset?: string | undefined;
  readonly taskIds?: readonly string[] | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly repeats?: number | undefined;
  readonly sampling?: Readonly<Record<string, number | undefined>>;
  readonly limits?: Readonly<Record<string, number | undefined>>;
  readonly onTruncated?: JobSubmissionInput["on_truncated"];
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly onInvalid?: "skip" | undefined;
  /** Rollouts of a group that are enough. */
  readonly wanted?: number | undefined;
  readonly priority?: number | undefined;
  readonly deadlineSeconds?: number | undefined;
}

/** The body of POST /api/v1/jobs as text: rows go into it as they are, never through a JSON writer. */
export function jobBody(request: JobRequest): string {
  const tasks = members([
    ["rows", request.rows === null ? undefined : joinElements(request.rows)],
    ["dataset", json(request.dataset)],
    ["task_ids", json(request.taskIds)],
    ["offset", json(request.offset)],
    ["limit", json(request.limit)],
  ]);
  return members([
    ["environment", json(request.environment)],
    ["model", json(request.model)],
    ["tasks", tasks],
    ["repeats", json(request.repeats)],
    ["sampling", json(request.sampling)],
    ["limits", json(request.limits)],
    ["on_truncated", json(request.onTruncated)],
    ["labels", json(request.labels)],
    ["on_invalid", json(request.onInvalid)],
    ["groups", json(request.wanted && { wanted: request.wanted })],
    ["priority", json(request.priority)],
    ["deadline_seconds", json(request.deadlineSeconds)],
  ]);
}

/** JSON text of a value; undefined stays undefined. */
function json(value: unknown): string | undefined {
  return JSON.stringify(value);
}

function members(entries: readonly (readonly [string, string | undefined])[]): string {
  return joinMembers(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
