import { type FileHandle, open } from "node:fs/promises";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { RecordPointer } from "../port.ts";
import { fileError } from "../space/storage-full.ts";
import { segmentPath } from "./segment-name.ts";
import { syncDirectory } from "./sync-directory.ts";

export interface WriterOptions {
  readonly directory: string;
  /** Size after which a segment gets no further records, in bytes. */
  readonly segmentBytes: number;
  readonly nextName: () => string;
  readonly clock: Clock;
}

export interface SegmentWriter {
  /** Resolves when the record is on disk. */
  append(bytes: Buffer): Promise<RecordPointer>;
  /** Waits for what was appended, then refuses. */
  close(): Promise<void>;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: (pointer: RecordPointer) => void;
  readonly reject: (error: unknown) => void;
}

interface Segment {
  readonly name: string;
  readonly openedAt: number;
  readonly file: FileHandle;
  /** Bytes that are on disk. */
  size: number;
}

/**
 * Age after which a segment gets no further records: whoever finds one whose last write is long ago (sweep.ts) can be sure that nothing
 * comes after.
 */
const MAX_AGE_MS = 3_600_000;

/** Bytes of one write at most, so that a long queue does not become one huge buffer. */
const BATCH_BYTES = 16 * 1024 * 1024;

/** Appends records to segment files. Everything that waits while a write and its fsync run shares the next. */
export function segmentWriter(options: WriterOptions): SegmentWriter {
  const { clock } = options;
  const waiting: Waiting[] = [];
  let segment: Segment | null = null;
  let draining: Promise<void> | null = null;
  let closed = false;

  const drain = async () => {
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      try {
        if (segment && clock.monotonic() - segment.openedAt > MAX_AGE_MS) segment = await retire(segment);
        segment ??= await newSegment(options);
        const { name } = segment;
        const offsets = await write(segment, batch);
        for (const [i, { bytes, resolve }] of batch.entries()) {
          resolve({ segment: name, offset: offsets[i] ?? 0, length: bytes.length });
        }
        if (segment.size >= options.segmentBytes) segment = await retire(segment);
      } catch (error) {
        // How much of the batch arrived is unknown: nobody gets a pointer into it, and the next batch a new file.
        segment = await abandon(segment);
        const failure = fileError(error, options.directory);
        for (const { reject } of batch) reject(failure);
      }
    }
    draining = null;
  };

  return {
    append: (bytes) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new SandlotError("shutting_down", { detail: "the segments are closed" }));
          return;
        }
        waiting.push({ bytes, resolve, reject });
        draining ??= drain();
      }),
    close: async () => {
      closed = true;
      await draining;
      segment = await retire(segment);
    },
  };
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let count = 0;
  for (let bytes = 0; count < waiting.length && (count === 0 || bytes < BATCH_BYTES); count++) {
    bytes += waiting[count]?.bytes.length ?? 0;
  }
  return waiting.splice(0, count);
}

/** Writes the batch at the segment's end and syncs it; answers where each record starts. */
async function write(segment: Segment, batch: readonly Waiting[]): Promise<number[]> {
  const offsets: number[] = [];
  let end = segment.size;
  for (const { bytes } of batch) {
    offsets.push(end);
    end += bytes.length;
  }
  await segment.file.appendFile(Buffer.concat(batch.map((b) => b.bytes)));
  await segment.file.datasync();
  segment.size = end;
  return offsets;
}

async function newSegment(options: WriterOptions): Promise<Segment> {
  const name = options.nextName();
  const file = await open(segmentPath(options.directory, name), "ax", 0o600);
  await syncDirectory(options.directory);
  return { name, openedAt: options.clock.monotonic(), file, size: 0 };
}

/** Gives back the space of what nobody has a pointer to: a disk that is full needs it. */
async function abandon(segment: Segment | null): Promise<null> {
  await segment?.file.truncate(segment.size).catch(() => undefined);
  return retire(segment);
}

/** A segment that is not written any more has nothing left to lose when closing it fails. */
async function retire(segment: Segment | null): Promise<null> {
  await segment?.file.close().catch(() => undefined);
  return null;
}
