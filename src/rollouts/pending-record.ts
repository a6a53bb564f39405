import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { type BlobRecord, type BlobStore, POINTER_MAX_AGE_MS, type RecordPointer } from "../store/port.ts";

/** Half of it: recording the end takes time, too. */
const REWRITE_MS = POINTER_MAX_AGE_MS / 2;

/** A record on its way to disk: written once, however often the end of its rollout has to be told to the database. */
export class PendingRecord {
  readonly #parts: BlobRecord | null;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  #written: { readonly pointer: RecordPointer; readonly at: number } | null = null;

  /** Null for a rollout that left nothing. */
  constructor(parts: BlobRecord | null, { blobs, clock }: { readonly blobs: BlobStore; readonly clock: Clock }) {
    this.#parts = parts;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Where it lies. Throws what `BlobStore.append` throws; asking again is fine. */
  async pointer(ctx: CallContext): Promise<RecordPointer | null> {
    if (!this.#parts) return null;
    const now = this.#clock.monotonic();
    if (this.#written && now - this.#written.at < REWRITE_MS) return this.#written.pointer;
    const pointer = await this.#blobs.append(ctx, this.#parts);
    this.#written = { pointer, at: now };
    return pointer;
  }
}
