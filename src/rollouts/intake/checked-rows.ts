import { setImmediate } from "node:timers/promises";
import type { TaskSelection } from "../../contract/jobs.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { rawElements, rawMembers } from "../../core/json/raw.ts";
import { type Environment, type Row, rowOfTask, rowsByTask } from "../../resources/index.ts";

/** A row as the environment sees it: taken, or refused with the reason. `place` counts from 1 in what was sent. */
export type CheckedRow = { readonly place: number } & ({ readonly row: Row } | { readonly refused: SandlotError });

/** Rows that are checked before others get their turn: a check takes some ten microseconds. */
const ROWS_IN_A_TURN = 200;

/** The rows that a submission selects. `body` is its text: rows in it are cut out as they came. */
export async function* selectedRows(
  ctx: CallContext,
  { tasks, body }: { readonly tasks: TaskSelection; readonly body: string },
  environment: Environment,
): AsyncGenerator<CheckedRow> {
  const from = tasks.offset ?? 0;
  const to = tasks.limit === undefined ? undefined : from + tasks.limit;
  if (tasks.rows) {
    const texts = rawElements(rawMembers(rawMembers(body).get("tasks") ?? "{}").get("rows") ?? "[]");
    yield* checkedRows(texts.slice(from, to), environment, from);
    return;
  }
  const all = await environment.dataset(ctx, tasks.dataset);
  const rows = tasks.task_ids ? pickTasks(all, tasks.task_ids) : all;
  for (const [index, row] of rows.slice(from, to).entries()) yield { place: from + index + 1, row };
}

/** Texts of rows, each checked; `before` rows came before them. */
export async function* checkedRows(
  texts: Iterable<string> | AsyncIterable<string>,
  environment: Environment,
  before = 0,
): AsyncGenerator<CheckedRow> {
  let place = before;
  for await (const text of texts) {
    place++;
    yield checkedRow(text, place, environment);
    if (place % ROWS_IN_A_TURN === 0) await setImmediate();
  }
}

function checkedRow(text: string, place: number, environment: Environment): CheckedRow {
  try {
    return { place, row: environment.checkRow(text, place) };
  } catch (error) {
    if (!SandlotError.is(error) || error.domain !== "request") throw error;
    return { place, refused: error };
  }
}

function pickTasks(rows: readonly Row[], ids: readonly string[]): Row[] {
  const byTask = rowsByTask(rows);
  return ids.map((id) => rowOfTask(byTask, id));
}
