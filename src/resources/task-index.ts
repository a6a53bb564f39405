import { stat } from "node:fs/promises";
import type { Row } from "./port.ts";
import { rowOfTask, rowsByTask } from "./tasks.ts";

/** Larger datasets are read anew for each look-up: the rows of one must not fill the memory. */
const KEPT_BYTES = 32 << 20;

interface Kept {
  /** Size and time of the file that was read. */
  readonly stamp: string;
  readonly rows: ReadonlyMap<string, Row>;
}

/** Rows of datasets by the ids of their tasks. */
export class TaskIndex {
  readonly #kept = new Map<string, Kept>();

  /** Throws `unknown_task` with the nearest id. `read` answers the rows of the file. */
  async find(path: string, id: string, read: () => Promise<readonly Row[]>): Promise<Row> {
    const { size, mtimeMs } = await stat(path);
    const stamp = `${size} ${mtimeMs}`;
    let kept = this.#kept.get(path);
    if (kept?.stamp !== stamp) {
      kept = { stamp, rows: rowsByTask(await read()) };
      if (size <= KEPT_BYTES) this.#kept.set(path, kept);
    }
    return rowOfTask(kept.rows, id);
  }
}
