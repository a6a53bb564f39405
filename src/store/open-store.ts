import { sql } from "kysely";
import { type Clock, systemClock } from "../core/clock.ts";
import { throwIfEnded } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import { checkDirectory } from "./check-directory.ts";
import { Housekeeper } from "./housekeeping/housekeeper.ts";
import type { Store } from "./port.ts";
import { openDatabase } from "./postgres/database.ts";
import { groupStore } from "./postgres/groups.ts";
import { installationId } from "./postgres/installation.ts";
import { jobStore } from "./postgres/jobs.ts";
import { migrate } from "./postgres/migrate.ts";
import { openNotices } from "./postgres/notices.ts";
import type { PoolOptions } from "./postgres/pool.ts";
import { rolloutQueue } from "./postgres/queue.ts";
import { rolloutReader } from "./postgres/rollouts.ts";
import { verdictStore } from "./postgres/verdicts.ts";
import { openSegments, type SegmentStoreOptions } from "./segments/segment-store.ts";
import { Room } from "./space/room.ts";
import { blobsWithRoom, jobsWithRoom, queueWithRoom } from "./space/with-room.ts";

export interface StoreOptions {
  readonly database: Omit<PoolOptions, "logger" | "onError">;
  readonly segments: Omit<SegmentStoreOptions, "clock">;
  /** New work is refused while less is free where the segments are, or in `databaseDirectory`. Default 0: no floor. */
  readonly minFreeBytes?: number;
  /** Where the database is, if it is on this machine. */
  readonly databaseDirectory?: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * Opens the store and brings its database up to date. `database_unavailable` when the database does not answer,
 * `invalid_config` when its records are in another directory.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { logger, clock = systemClock, minFreeBytes = 0 } = options;
  const { directory } = options.segments;
  const directories = [directory, options.databaseDirectory ?? []].flat();
  const room = new Room({ directories, minFreeBytes, clock, logger });
  const onError = (error: SandlotError) => room.note("database", error);
  const db = openDatabase({ ...options.database, logger, onError });
  try {
    await migrate(db);
    const installation = await installationId(db);
    const blobs = blobsWithRoom(await openSegments({ ...options.segments, clock }), room);
    await checkDirectory(db, { directory, installation });
    const { connection } = options.database;
    const notices = openNotices({ connection, channel: `sandlot_${installation}`, logger, clock });
    const housekeeping = new Housekeeper({ db, directory, room, clock, logger });
    let closing: Promise<void> | null = null;
    const close = async () => {
      await notices.close();
      await housekeeping.close();
      await blobs.close();
      await db.destroy();
    };
    return {
      jobs: jobsWithRoom(jobStore(db), room),
      rollouts: rolloutReader(db),
      groups: groupStore(db),
      verdicts: verdictStore(db),
      queue: queueWithRoom(rolloutQueue(db), room),
      blobs,
      notices,
      room,
      housekeeping,
      installation,
      check: async (ctx) => {
        throwIfEnded(ctx);
        await sql`select 1`.execute(db);
      },
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await db.destroy();
    throw SandlotError.from(error);
  }
}
