import { LRUCache } from "lru-cache";
import type { CallContext } from "../../core/context.ts";
import type { BlobRecord, BlobStore, RolloutRow } from "../../store/port.ts";

/** Memory for records of rows, bytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Raw rows of tasks. Rows share records, and rollouts that are near each other play the same ones: a record is read once for them. */
export class TaskRows {
  readonly #blobs: BlobStore;
  readonly #records = new LRUCache<string, BlobRecord>({ maxSize: MAX_BYTES, sizeCalculation: bytesOf });
  /** By the same key; who asks for one that is being read waits for it. */
  readonly #reading = new Map<string, Promise<BlobRecord>>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** Throws `storage_corrupt`. */
  async read(ctx: CallContext, { row, rowPart }: Pick<RolloutRow, "row" | "rowPart">): Promise<string> {
    const key = `${row.segment} ${row.offset}`;
    const record = this.#records.get(key) ?? (await this.#record(ctx, key, row));
    const part = record.get(rowPart);
    return part === undefined ? "" : Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("utf8");
  }

  #record(ctx: CallContext, key: string, pointer: RolloutRow["row"]): Promise<BlobRecord> {
    const known = this.#reading.get(key);
    if (known) return known;
    const reading = this.#blobs
      .read(ctx, pointer)
      .then((record) => {
        this.#records.set(key, record);
        return record;
      })
      .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }
}

function bytesOf(record: BlobRecord): number {
  let bytes = 1;
  for (const part of record.values()) bytes += part.byteLength;
  return bytes;
}
