import type { CallContext } from "../core/context.ts";
import type { Environment, Row } from "../resources/index.ts";
import type { BlobStore, RolloutRow } from "../store/port.ts";

/** Rows kept at once: the rollouts of a task come close together. */
const MAX_ROWS = 256;

/** The rows of a job's tasks, each read once for rollouts that are near each other. */
export class RowCache {
  readonly #blobs: BlobStore;
  readonly #environment: Environment;
  /** The one that was read first comes first. */
  readonly #rows = new Map<number, Promise<Row>>();

  constructor(blobs: BlobStore, environment: Environment) {
    this.#blobs = blobs;
    this.#environment = environment;
  }

  /** Throws `invalid_row` when the environment no longer takes it. */
  get(ctx: CallContext, rollout: RolloutRow): Promise<Row> {
    const known = this.#rows.get(rollout.taskIndex);
    if (known) return known;
    const [oldest] = this.#rows.size < MAX_ROWS ? [] : this.#rows.keys();
    if (oldest !== undefined) this.#rows.delete(oldest);
    const read = this.#read(ctx, rollout);
    // Whoever asked hears of a failure.
    read.catch(() => undefined);
    this.#rows.set(rollout.taskIndex, read);
    return read;
  }

  async #read(ctx: CallContext, { row, rowPart, taskIndex }: RolloutRow): Promise<Row> {
    const record = await this.#blobs.read(ctx, row);
    return this.#environment.checkRow(Buffer.from(record.get(rowPart) ?? "").toString("utf8"), taskIndex + 1);
  }
}
