import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, systemClock } from "../../core/clock.ts";
import { throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobStore } from "../port.ts";
import { segmentReader } from "./reader.ts";
import { encodeRecord } from "./record.ts";
import { segmentNames } from "./segment-name.ts";
import { syncDirectory } from "./sync-directory.ts";
import { segmentWriter } from "./writer.ts";

export interface SegmentStoreOptions {
  /** Where the segment files are; made when it is missing, readable by us alone. Processes may share it. */
  readonly directory: string;
  /** Size after which a segment gets no further records, in bytes. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Segments kept open for reading. Default 64. */
  readonly readHandles?: number;
  readonly clock?: Clock;
}

/** The BlobStore on a file system: append-only segments, each written by one process only. */
export async function openSegments(options: SegmentStoreOptions): Promise<BlobStore> {
  const { directory } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await syncDirectory(dirname(directory));
  const clock = options.clock ?? systemClock;
  const nextName = segmentNames(clock);
  const writer = segmentWriter({ directory, segmentBytes: options.segmentBytes ?? 64 * 1024 * 1024, nextName, clock });
  const reader = segmentReader({ directory, handles: options.readHandles ?? 64 });
  let closed = false;
  return {
    append: async (ctx, record) => {
      throwIfEnded(ctx);
      return writer.append(await encodeRecord(record));
    },
    read: async (ctx, pointer) => {
      throwIfEnded(ctx);
      if (closed) throw new SandlotError("shutting_down", { detail: "the segments are closed" });
      return reader.read(pointer);
    },
    close: async () => {
      closed = true;
      await writer.close();
      await reader.close();
    },
  };
}
