/**
 * The layout of a segment file. A segment is a row of records and nothing else; a record is a header and a
 * payload. All integers are unsigned and little-endian.
 *
 *     header, 24 bytes
 *      0   4  magic "SLR1"
 *      4   1  version of the layout: 2 where a part repeats another, else 1
 *      5   1  flags: bit 0, the payload is gzip'd (always set)
 *      6   2  zero
 *      8   4  length of the payload as stored
 *     12   4  length of the payload unpacked
 *     16   4  CRC-32 of the payload as stored
 *     20   4  CRC-32 of the header's first 20 bytes
 *
 *     payload, unpacked
 *          4  number of parts, then for each part
 *          4  length of the name, then the name in UTF-8
 *          4  in version 2: 0, or how many parts back the part is of which this one repeats stretches
 *          4  when it repeats none: length of the bytes, then the bytes
 *          4  when it does: number of stretches, then for each
 *             4  where it starts in this part, in ascending order
 *             4  where it starts in the earlier part
 *             4  its length
 *          4  length of what stands between them, then those bytes, in order
 *
 * The bodies of a rollout repeat their whole history at every turn, far beyond the 32 KiB in which gzip sees repetition.
 *
 * Nobody looks for records: a row in the database points to each by offset and length. What follows the last record
 * that is pointed to, a torn tail included, is never read.
 */
import { promisify } from "node:util";
import { crc32, gunzip, gzip } from "node:zlib";
import pLimit from "p-limit";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobRecord } from "../port.ts";
import { packParts } from "./parts.ts";
import { type PartsVersion, unpackParts } from "./unpack.ts";

export const HEADER_BYTES = 24;

/** Largest record, packed or not, all its parts together. Lengths are 4 bytes, and one Buffer holds the whole record. */
export const MAX_RECORD_BYTES = 1024 ** 3;

const MAGIC = Buffer.from("SLR1");
const FLAG_GZIP = 1;
/** Trajectories are text: the fast levels come within a few per cent of the slow ones. */
const GZIP_LEVEL = 3;

const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);
const decompress = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

/**
 * Node does both on the four threads that also wait for the disk: one stays free for it. Large records have a thread of their own, so that
 * small ones do not wait behind them.
 */
const large = pLimit(1);
const small = pLimit(2);
const LARGE_BYTES = 256 * 1024;
const inPool = (bytes: number) => (bytes < LARGE_BYTES ? small : large);

/** The record's bytes, header included. `payload_too_large` above `MAX_RECORD_BYTES`. */
export async function encodeRecord(record: BlobRecord): Promise<Buffer> {
  const { packed, version } = await packParts(record, MAX_RECORD_BYTES);
  const payload = await inPool(packed.length)(() => compress(packed, { level: GZIP_LEVEL }));
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt8(version, 4);
  header.writeUInt8(FLAG_GZIP, 5);
  header.writeUInt32LE(payload.length, 8);
  header.writeUInt32LE(packed.length, 12);
  header.writeUInt32LE(crc32(payload), 16);
  header.writeUInt32LE(crc32(header.subarray(0, 20)), 20);
  return Buffer.concat([header, payload]);
}

/** The parts of a record's bytes. `where` names the record in the `storage_corrupt` of bytes that are not one. */
export async function decodeRecord(bytes: Buffer, where: string): Promise<BlobRecord> {
  const corrupt = (what: string, cause?: unknown) =>
    new SandlotError("storage_corrupt", { detail: `${where}: ${what}` }, cause === undefined ? {} : { cause });
  if (bytes.length < HEADER_BYTES) throw corrupt("the record is cut off");
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw corrupt("no record starts here");
  if (crc32(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20)) throw corrupt("the header fails its checksum");
  const version = bytes.readUInt8(4);
  if (!isKnown(version) || bytes.readUInt8(5) !== FLAG_GZIP) throw corrupt("the layout is not known");
  const payload = bytes.subarray(HEADER_BYTES);
  if (payload.length !== bytes.readUInt32LE(8)) throw corrupt("the record has another length");
  if (crc32(payload) !== bytes.readUInt32LE(16)) throw corrupt("the payload fails its checksum");
  try {
    const maxOutputLength = Math.max(1, bytes.readUInt32LE(12));
    const packed = await inPool(maxOutputLength)(() => decompress(payload, { maxOutputLength }));
    return unpackParts(packed, version, MAX_RECORD_BYTES);
  } catch (error) {
    throw corrupt("the payload cannot be unpacked", error);
  }
}

const isKnown = (version: number): version is PartsVersion => version === 1 || version === 2;
