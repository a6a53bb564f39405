import type { SkippedRows } from "../../contract/jobs.ts";
import { BOUNDS } from "../../contract/limits.ts";
import type { CallContext } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { type Row, taskIdOf } from "../../resources/index.ts";
import type { BlobStore, NewTask } from "../../store/port.ts";
import type { CheckedRow } from "./checked-rows.ts";

/** Rows share a segment record up to these bounds: reading one of them reads the record. */
const ROWS_PER_RECORD = 64;
const CHARACTERS_PER_RECORD = 256 * 1024;
/** Refused rows that are told one by one. */
const TOLD = 20;

export interface IntakeOptions {
  /** Where rows are kept; null where they are only checked. */
  readonly blobs: BlobStore | null;
  readonly onInvalid: "fail" | "skip";
  /** Rollouts of each task. */
  readonly size: number;
  /** Tasks that the job has before these. */
  readonly before: number;
}

export interface StoredRows {
  readonly tasks: readonly NewTask[];
  readonly count: number;
  readonly skipped: SkippedRows;
}

/** Stores rows as they come, a record at a time: of a row only its place is held. Throws what refused a row, and `invalid_request` for too many. */
export async function storeRows(
  ctx: CallContext,
  rows: AsyncIterable<CheckedRow>,
  options: IntakeOptions,
): Promise<StoredRows> {
  const tasks: NewTask[] = [];
  const skipped = { count: 0, first: [] as { row: number; problem: string }[] };
  let batch: Row[] = [];
  let characters = 0;
  let count = 0;
  const flush = async () => {
    if (batch.length > 0 && options.blobs) tasks.push(...(await storeBatch(ctx, batch, count, options, options.blobs)));
    count += batch.length;
    batch = [];
    characters = 0;
  };
  for await (const checked of rows) {
    if ("refused" in checked) {
      if (options.onInvalid === "fail") throw checked.refused;
      skipped.count++;
      if (skipped.first.length < TOLD) skipped.first.push(toldRow(checked.place, checked.refused));
      continue;
    }
    const { row } = checked;
    const isFull = batch.length === ROWS_PER_RECORD || characters + row.raw.length > CHARACTERS_PER_RECORD;
    if (isFull) await flush();
    batch.push(row);
    characters += row.raw.length;
    if (count + batch.length > BOUNDS.rowsPerJob) throw tooMany("tasks", `${BOUNDS.rowsPerJob} rows`);
    if ((count + batch.length) * options.size > BOUNDS.rolloutsAtOnce)
      throw tooMany("repeats", `${BOUNDS.rolloutsAtOnce} rollouts`);
  }
  await flush();
  return { tasks, count, skipped };
}

async function storeBatch(
  ctx: CallContext,
  batch: readonly Row[],
  from: number,
  { before, size }: IntakeOptions,
  blobs: BlobStore,
): Promise<NewTask[]> {
  const parts = batch.map((row, i) => ({ part: `row-${from + i}`, taskId: taskIdOf(row, before + from + i), row }));
  const pointer = await blobs.append(ctx, new Map(parts.map(({ part, row }) => [part, Buffer.from(row.raw)])));
  return parts.map(({ part, taskId }) => ({ taskId, row: pointer, part, size }));
}

function toldRow(row: number, refused: SandlotError): { row: number; problem: string } {
  return { row, problem: messageOf(refused) };
}

function tooMany(field: string, most: string): SandlotError {
  const problem = `makes more than ${most} at once; feed them to an open-ended job in batches`;
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
