import { createHash } from "node:crypto";
import { newId } from "../core/ids.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { CallContext } from "../core/context.ts";
import { rawElements, rawMembers } from "../core/json/raw.ts";
import type { Environment, Row } from "../resources/index.ts";
import { rowOfTask, rowsByTask, taskIdOf } from "../resources/index.ts";
import type { BlobStore, NewJob, NewTask } from "../store/port.ts";
import type { IncomingJob } from "./service.ts";

/** Rows share a segment record up to these bounds: reading one of them reads the record. */
const ROWS_PER_RECORD = 64;
const CHARACTERS_PER_RECORD = 256 * 1024;

export interface SubmissionOptions {
  readonly blobs: BlobStore;
  readonly environment: Environment;
  readonly replay: boolean;
}

/** The job that a submission asks for, with its rows stored as raw text. Throws errors of the request domain. */
export async function newJob(ctx: CallContext, incoming: IncomingJob, options: SubmissionOptions): Promise<NewJob> {
  const { submission, body, idempotencyKey } = incoming;
  const rows = await selectRows(ctx, incoming, options.environment);
  const sampling = rawMembers(body).get("sampling") ?? "{}";
  return {
    id: newId("job"),
    environment: submission.environment,
    model: submission.model,
    repeats: submission.repeats,
    priority: submission.priority,
    labels: submission.labels,
    limits: submission.limits,
    onTruncated: submission.on_truncated,
    sampling,
    replay: options.replay,
    tasks: await storeRows(ctx, rows, options.blobs),
    idempotency: idempotencyKey === null ? null : { key: idempotencyKey, digest: digestOf(body) },
  };
}

async function selectRows(
  ctx: CallContext,
  { submission, body }: IncomingJob,
  environment: Environment,
): Promise<Row[]> {
  const { tasks } = submission;
  let rows: Row[];
  if (tasks.rows) {
    const texts = rawElements(rawMembers(rawMembers(body).get("tasks") ?? "{}").get("rows") ?? "[]");
    rows = texts.map((text, index) => environment.checkRow(text, index + 1));
  } else {
    rows = await environment.dataset(ctx, tasks.dataset);
    if (tasks.task_ids) rows = pickTasks(rows, tasks.task_ids);
  }
  const offset = tasks.offset ?? 0;
  rows = rows.slice(offset, tasks.limit === undefined ? undefined : offset + tasks.limit);
  if (rows.length > 0) return rows;
  throw new SandlotError("invalid_request", { fields: [{ field: "tasks", problem: "the selection holds no task" }] });
}

function pickTasks(rows: readonly Row[], ids: readonly string[]): Row[] {
  const byTask = rowsByTask(rows);
  return ids.map((id) => rowOfTask(byTask, id));
}

async function storeRows(ctx: CallContext, rows: readonly Row[], blobs: BlobStore): Promise<NewTask[]> {
  const tasks: NewTask[] = [];
  for (let start = 0; start < rows.length;) {
    const end = recordEnd(rows, start);
    const batch = rows.slice(start, end).map((row, i) => ({ row, index: start + i, part: `row-${start + i}` }));
    const pointer = await blobs.append(ctx, new Map(batch.map(({ row, part }) => [part, Buffer.from(row.raw)])));
    for (const { row, index, part } of batch) tasks.push({ taskId: taskIdOf(row, index), row: pointer, part });
    start = end;
  }
  return tasks;
}

function recordEnd(rows: readonly Row[], start: number): number {
  let end = start;
  for (let size = 0; end < rows.length && end - start < ROWS_PER_RECORD; end++) {
    size += rows[end]?.raw.length ?? 0;
    if (size > CHARACTERS_PER_RECORD && end > start) break;
  }
  return end;
}

function digestOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
