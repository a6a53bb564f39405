import { unknownTask } from "../core/errors/unknown-task.ts";
import type { Row } from "./port.ts";
import { taskIdOf } from "./row.ts";

/** Rows of a dataset by the ids of their tasks, in their order. */
export function rowsByTask(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row, index) => [taskIdOf(row, index), row]));
}

/** Throws `unknown_task` with the nearest id. */
export function rowOfTask(rows: ReadonlyMap<string, Row>, id: string): Row {
  const row = rows.get(id);
  if (!row) throw unknownTask(id, rows.keys());
  return row;
}
