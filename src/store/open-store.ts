import { sql } from "kysely";
import type { Clock } from "../core/clock.ts";
import { throwIfEnded } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
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

export interface StoreOptions {
  readonly database: Omit<PoolOptions, "logger">;
  readonly segments: Omit<SegmentStoreOptions, "clock">;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Opens the store and brings its database up to date. `database_unavailable` when the database does not answer. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { logger, clock } = options;
  const db = openDatabase({ ...options.database, logger });
  try {
    await migrate(db);
    const installation = await installationId(db);
    const blobs = await openSegments({ ...options.segments, ...(clock && { clock }) });
    const { connection } = options.database;
    const notices = openNotices({ connection, channel: `sandlot_${installation}`, logger, ...(clock && { clock }) });
    let closing: Promise<void> | null = null;
    const close = async () => {
      await notices.close();
      await blobs.close();
      await db.destroy();
    };
    return {
      jobs: jobStore(db),
      rollouts: rolloutReader(db),
      groups: groupStore(db),
      verdicts: verdictStore(db),
      queue: rolloutQueue(db),
      blobs,
      notices,
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
