import { type FileHandle, open } from "node:fs/promises";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobRecord, RecordPointer } from "../port.ts";
import { decodeRecord, HEADER_BYTES, MAX_RECORD_BYTES } from "./record.ts";
import { segmentPath } from "./segment-name.ts";

export interface SegmentReader {
  read(pointer: RecordPointer): Promise<BlobRecord>;
  /** Reads that are under way end first. */
  close(): Promise<void>;
}

interface OpenSegment {
  readonly file: Promise<FileHandle>;
  readers: number;
}

/** Reads records by pointer. Keeps the `handles` segments open that were read last, and more only while they are being read. */
export function segmentReader(options: { directory: string; handles: number }): SegmentReader {
  // In the order in which they were last used.
  const segments = new Map<string, OpenSegment>();
  let keep = options.handles;

  const acquire = (name: string): OpenSegment => {
    const segment = segments.get(name) ?? { file: openSegment(options.directory, name), readers: 0 };
    segments.delete(name);
    segments.set(name, segment);
    segment.readers++;
    return segment;
  };

  const trim = async () => {
    for (const [name, segment] of segments) {
      if (segments.size <= keep) return;
      if (segment.readers > 0) continue;
      segments.delete(name);
      await segment.file.then((file) => file.close()).catch(() => undefined);
    }
  };

  return {
    read: async (pointer) => {
      const segment = acquire(pointer.segment);
      try {
        return await decodeRecord(await readBytes(await segment.file, pointer), where(pointer));
      } catch (error) {
        // A segment that could not be opened is looked for again by the next reader.
        segment.file.catch(() => {
          if (segments.get(pointer.segment) === segment) segments.delete(pointer.segment);
        });
        throw SandlotError.from(error);
      } finally {
        segment.readers--;
        await trim();
      }
    },
    close: () => {
      keep = 0;
      return trim();
    },
  };
}

async function openSegment(directory: string, name: string): Promise<FileHandle> {
  const path = segmentPath(directory, name);
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const detail = `the segment ${path} is missing: processes of one database must share one storage.segments_dir`;
    throw new SandlotError("storage_corrupt", { detail }, { cause: error });
  }
}

async function readBytes(file: FileHandle, pointer: RecordPointer): Promise<Buffer> {
  const { offset, length } = pointer;
  const plausible =
    Number.isSafeInteger(offset) && offset >= 0 && length >= HEADER_BYTES && length <= 2 * MAX_RECORD_BYTES;
  if (!plausible) throw new SandlotError("storage_corrupt", { detail: `${where(pointer)}: no such place` });
  const { size } = await file.stat();
  if (offset + length > size)
    throw new SandlotError("storage_corrupt", { detail: `${where(pointer)}: the record is cut off` });
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

const where = ({ segment, offset }: RecordPointer): string => `segment ${segment}, offset ${offset}`;
