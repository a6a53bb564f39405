import { statfs } from "node:fs/promises";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { StorageRoom } from "../port.ts";
import { storageFull } from "./storage-full.ts";

export interface RoomOptions {
  /** Where segments and, as far as it is known, the database are. */
  readonly directories: readonly string[];
  /** New work is refused while less is free in one of them; 0 for no such floor. */
  readonly minFreeBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where something can be refused for want of space. */
export type Place = "segments" | "database";

/** How long a write that failed speaks for all: nobody tells when there is room again. */
const REFUSAL_MS = 10_000;
/** How long the next write waits where one has just failed: many results may wait, each would be compressed in vain. */
const TRY_EVERY_MS = 1_000;
/** How long free space that was looked up holds. */
const FRESH_MS = 1_000;
/** Work is taken again when so much more than the floor is free, so that it does not come and go. */
const HEADROOM = 1.1;

interface FreeSpace {
  readonly directory: string;
  readonly bytes: number;
}

interface Refusal {
  readonly at: number;
  readonly error: SandlotError;
}

/**
 * Watches for want of space: less than the floor is free, or a write was refused in the last ten seconds. The floor is the reserve
 * from which running work is recorded.
 */
export class Room implements StorageRoom {
  readonly #options: RoomOptions;
  readonly #refusals = new Map<Place, Refusal>();
  #free: { readonly at: number; readonly least: Promise<FreeSpace | null> } | null = null;
  #isLow = false;
  #isFull = false;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  async problem(): Promise<SandlotError | null> {
    const found = this.#refusedLately() ?? (await this.#belowFloor());
    if ((found !== null) !== this.#isFull) this.#tell(found);
    return found;
  }

  async require(): Promise<void> {
    const found = await this.problem();
    if (found) throw found;
  }

  /** Where the least is free; null when the system does not tell. At most a second old. */
  freeSpace(): Promise<FreeSpace | null> {
    const { clock, directories } = this.#options;
    const now = clock.monotonic();
    if (!this.#free || now - this.#free.at > FRESH_MS) this.#free = { at: now, least: leastFree(directories) };
    return this.#free.least;
  }

  /** Notes a write that failed, if it failed for want of space. */
  note(place: Place, error: unknown): void {
    if (SandlotError.is(error, "storage_full")) {
      this.#refusals.set(place, { at: this.#options.clock.monotonic(), error });
    }
  }

  /** Writes to the segments; where a write has just been refused, refuses at once. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    const refused = this.#refusals.get("segments");
    const now = this.#options.clock.monotonic();
    if (refused && now - refused.at < TRY_EVERY_MS) throw refused.error;
    // The others wait for how this one fares.
    if (refused) this.#refusals.set("segments", { ...refused, at: now });
    try {
      const result = await work();
      this.#refusals.delete("segments");
      return result;
    } catch (error) {
      this.note("segments", error);
      throw error;
    }
  }

  #refusedLately(): SandlotError | null {
    const now = this.#options.clock.monotonic();
    for (const { at, error } of this.#refusals.values()) if (now - at < REFUSAL_MS) return error;
    return null;
  }

  async #belowFloor(): Promise<SandlotError | null> {
    const { minFreeBytes } = this.#options;
    const free = minFreeBytes > 0 ? await this.freeSpace() : null;
    if (free === null) return null;
    this.#isLow = free.bytes < minFreeBytes * (this.#isLow ? HEADROOM : 1);
    if (!this.#isLow) return null;
    return storageFull(`${free.bytes} bytes are free in ${free.directory}, storage.min_free_bytes is ${minFreeBytes}`);
  }

  #tell(found: SandlotError | null): void {
    const { logger } = this.#options;
    this.#isFull = found !== null;
    if (found) logger.error({ error: found.report() }, "there is no space: new work is refused");
    else logger.info({}, "there is space again");
  }
}

async function leastFree(directories: readonly string[]): Promise<FreeSpace | null> {
  const told = await Promise.all(directories.map(freeIn));
  return told.reduce((least, one) => (one && (!least || one.bytes < least.bytes) ? one : least), null);
}

async function freeIn(directory: string): Promise<FreeSpace | null> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return { directory, bytes: bavail * bsize };
  } catch {
    return null;
  }
}
