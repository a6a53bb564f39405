import type { Clock } from "../../core/clock.ts";
import { type CallContext, throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Housekeeping, StorageUsage } from "../port.ts";
import type { Database } from "../postgres/database.ts";
import { segmentsInUse } from "../postgres/pointers.ts";
import { hideExpired, hideJob, removeSome } from "../postgres/remove-jobs.ts";
import { listSegments, type SegmentFile, Sweeper } from "../segments/sweep.ts";
import type { Room } from "../space/room.ts";

export interface HousekeeperOptions {
  readonly db: Database;
  readonly directory: string;
  readonly room: Room;
  readonly clock: Clock;
  readonly logger: Logger;
}

const ROUND_MS = 60_000;
/** Between looks at who points where, which read every row: after a removal, and otherwise, for what crashes left. */
const SWEEP_SOON_MS = 10 * 60_000;
const SWEEP_MS = 24 * 3_600_000;

/** Every process does it. Nothing of it is urgent, and nothing is lost when it fails: the next round goes on. */
export class Housekeeper implements Housekeeping {
  readonly #options: HousekeeperOptions;
  readonly #sweeper: Sweeper;
  #files: readonly SegmentFile[] | null = null;
  #liveBytes: number | null = null;
  #sweptAt: number | null = null;
  /** Rows were removed after the last sweep, here or, for all that this process knows, by another before it started. */
  #hasRemoved = true;
  #retentionDays: number | null = null;
  #isStarted = false;
  #cancel: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: HousekeeperOptions) {
    this.#options = options;
    this.#sweeper = new Sweeper(options);
  }

  async remove(ctx: CallContext, id: string): Promise<void> {
    throwIfEnded(ctx);
    await hideJob(this.#options.db, ctx.principal.tenant, id);
    if (this.#isStarted) this.#soon(0);
  }

  async usage(): Promise<StorageUsage> {
    const files = (this.#files ??= await listSegments(this.#options.directory));
    const segmentBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const freeBytes = (await this.#options.room.freeSpace())?.bytes ?? null;
    return { segments: files.length, segmentBytes, liveBytes: this.#liveBytes, freeBytes };
  }

  start({ retentionDays }: { readonly retentionDays: number | null }): void {
    this.#retentionDays = retentionDays;
    this.#isStarted = true;
    this.#soon(ROUND_MS);
  }

  /** One round; `start` brings about the next ones. */
  async round(): Promise<void> {
    const { db, directory } = this.#options;
    if (this.#retentionDays !== null && (await hideExpired(db, this.#retentionDays)) > 0) this.#hasRemoved = true;
    while (!this.#closed && (await removeSome(db))) this.#hasRemoved = true;
    this.#files = await listSegments(directory);
    if (!this.#closed && this.#isSweepDue()) await this.#sweep(this.#files);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#running;
  }

  #isSweepDue(): boolean {
    if (this.#sweptAt === null) return true;
    const age = this.#options.clock.monotonic() - this.#sweptAt;
    return age > (this.#hasRemoved || this.#sweeper.hasSuspects ? SWEEP_SOON_MS : SWEEP_MS);
  }

  async #sweep(files: readonly SegmentFile[]): Promise<void> {
    const { db, clock, logger } = this.#options;
    this.#sweptAt = clock.monotonic();
    this.#hasRemoved = false;
    const inUse = await segmentsInUse(db);
    this.#liveBytes = Array.from(inUse.values()).reduce((sum, bytes) => sum + bytes, 0);
    const removed = await this.#sweeper.sweep(files, inUse);
    if (removed.length === 0) return;
    this.#files = files.filter((file) => !removed.includes(file));
    const bytes = removed.reduce((sum, file) => sum + file.bytes, 0);
    logger.info({ segments: removed.length, bytes }, "segments that nobody points to were removed");
  }

  #soon(ms: number): void {
    this.#cancel();
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#running = (this.#running ?? Promise.resolve())
        .then(() => this.#safely())
        .finally(() => this.#soon(ROUND_MS));
    });
  }

  async #safely(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.round();
    } catch (error) {
      this.#options.logger.warn({ error: SandlotError.from(error).report() }, "the storage could not be tidied up");
    }
  }
}
