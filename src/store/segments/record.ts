/**
 * The layout of a segment file. A segment is a row of records and nothing else; a record is a header and a
 * payload. All integers are unsigned and little-endian.
 *
 *     header, 24 bytes
 *      0   4  magic "SLR1"
 *      4   1  version of the layout: 1
 *      5   1  flags: bit 0, the payload is gzip'd (always set in version 1)
 *      6   2  zero
 *      8   4  length of the payload as stored
 *     12   4  length of the payload unpacked
 *     16   4  CRC-32 of the payload as stored
 *     20   4  CRC-32 of the header's first 20 bytes
 *
 *     payload, unpacked
 *          4  number of parts, then for each part
 *          4  length of the name, then the name in UTF-8
 *          4  length of the bytes, then the bytes
 *
 * Nobody looks for records: a row in the database points to each by offset and length. What follows the last record
 * that is pointed to, a torn tail included, is never read.
 */
import { promisify } from "node:util";
import { crc32, gunzip, gzip } from "node:zlib";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobRecord } from "../port.ts";
import { packParts, unpackParts } from "./parts.ts";

export const HEADER_BYTES = 24;

/** Largest record, packed or not. Lengths are 4 bytes, and one Buffer holds the whole record. */
export const MAX_RECORD_BYTES = 1024 ** 3;

const MAGIC = Buffer.from("SLR1");
const VERSION = 1;
const FLAG_GZIP = 1;
/** Trajectories are text: the fast levels come within a few per cent of the slow ones. */
const GZIP_LEVEL = 3;

const pack = promisify<Uint8Array, { level: number }, Buffer>(gzip);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

/** The record's bytes, header included. `payload_too_large` above `MAX_RECORD_BYTES`. */
export async function encodeRecord(record: BlobRecord): Promise<Buffer> {
  const parts = packParts(record, MAX_RECORD_BYTES);
  const payload = await pack(parts, { level: GZIP_LEVEL });
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt8(VERSION, 4);
  header.writeUInt8(FLAG_GZIP, 5);
  header.writeUInt32LE(payload.length, 8);
  header.writeUInt32LE(parts.length, 12);
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
  if (bytes.readUInt8(4) !== VERSION || bytes.readUInt8(5) !== FLAG_GZIP) throw corrupt("the layout is not known");
  const payload = bytes.subarray(HEADER_BYTES);
  if (payload.length !== bytes.readUInt32LE(8)) throw corrupt("the record has another length");
  if (crc32(payload) !== bytes.readUInt32LE(16)) throw corrupt("the payload fails its checksum");
  try {
    return unpackParts(await unpack(payload, { maxOutputLength: Math.max(1, bytes.readUInt32LE(12)) }));
  } catch (error) {
    throw corrupt("the payload cannot be unpacked", error);
  }
}
