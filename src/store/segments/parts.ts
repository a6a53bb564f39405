import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobRecord } from "../port.ts";

/** The parts as one byte string (see record.ts). `payload_too_large` above `limit` bytes. */
export function packParts(record: BlobRecord, limit: number): Buffer {
  const pieces: Uint8Array[] = [uint32(record.size)];
  for (const [name, bytes] of record) {
    const encoded = Buffer.from(name, "utf8");
    pieces.push(uint32(encoded.length), encoded, uint32(bytes.length), bytes);
  }
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (total > limit) throw new SandlotError("payload_too_large", { limit_bytes: limit });
  return Buffer.concat(pieces, total);
}

/** The parts of `packed`; throws a RangeError when its lengths do not add up. */
export function unpackParts(packed: Buffer): BlobRecord {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > packed.length) throw new RangeError("a part is cut off");
    at += length;
    return packed.subarray(at - length, at);
  };
  const length = () => take(4).readUInt32LE();
  const parts = new Map<string, Uint8Array>();
  for (let left = length(); left > 0; left--) {
    const name = take(length()).toString("utf8");
    parts.set(name, take(length()));
  }
  if (at !== packed.length) throw new RangeError("bytes follow the last part");
  return parts;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
