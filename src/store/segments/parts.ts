import { setImmediate as turn } from "node:timers/promises";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobRecord } from "../port.ts";
import { commonPrefix, type Copy, findCopies } from "./delta.ts";

/** Parts before it of its own kind that a part is compared with: branches and sub-agents take turns in a rollout. */
const CANDIDATES = 4;
/** Smaller parts have little to save. */
const MIN_BYTES = 256;
/** Bytes that are compared before others get their turn: about 5 ms. */
const TURN_BYTES = 8 * 1024 * 1024;

interface Candidate {
  readonly index: number;
  readonly bytes: Buffer;
}

/** The parts as one byte string, in the layout of version 2 (see record.ts). `payload_too_large` above `limit` bytes, before saving. */
export async function packParts(record: BlobRecord, limit: number): Promise<Buffer> {
  let total = 0;
  for (const [name, bytes] of record) total += name.length + bytes.length;
  if (total > limit) throw new SandlotError("payload_too_large", { limit_bytes: limit });
  const pieces: Uint8Array[] = [uint32s([record.size])];
  const ofKind = new Map<string, Candidate[]>();
  let index = 0;
  let compared = 0;
  for (const [name, given] of record) {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    const encoded = Buffer.from(name, "utf8");
    pieces.push(uint32s([encoded.length]), encoded);
    const candidates = ofKind.get(kindOf(name)) ?? [];
    const base = bytes.length < MIN_BYTES ? null : nearest(candidates, bytes);
    const copies = base ? findCopies(base.bytes, bytes) : [];
    pushBytes(pieces, bytes, { back: base ? index - base.index : 0, copies });
    ofKind.set(kindOf(name), [...candidates.slice(1 - CANDIDATES), { index, bytes }]);
    index++;
    compared += bytes.length;
    if (compared < TURN_BYTES) continue;
    compared = 0;
    await turn();
  }
  return Buffer.concat(pieces);
}

/** `request` of `request/3`: what stands under one such name is alike. */
const kindOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);

/** The one that begins most like `bytes`, the last of those that are equal in this; the last of all where it shares most of them. */
function nearest(candidates: readonly Candidate[], bytes: Buffer): Candidate | null {
  let best: Candidate | null = null;
  let shared = -1;
  for (const candidate of candidates.toReversed()) {
    const prefix = commonPrefix(candidate.bytes, bytes);
    if (prefix <= shared) continue;
    best = candidate;
    shared = prefix;
    if (2 * prefix > bytes.length) break;
  }
  return best;
}

function pushBytes(pieces: Uint8Array[], bytes: Buffer, { back, copies }: { back: number; copies: readonly Copy[] }) {
  if (copies.length === 0) {
    pieces.push(uint32s([0, bytes.length]), bytes);
    return;
  }
  const literals: Uint8Array[] = [];
  let at = 0;
  for (const copy of copies) {
    literals.push(bytes.subarray(at, copy.at));
    at = copy.at + copy.length;
  }
  literals.push(bytes.subarray(at));
  const size = literals.reduce((sum, literal) => sum + literal.length, 0);
  const table = copies.flatMap((copy) => [copy.at, copy.from, copy.length]);
  pieces.push(uint32s([back, copies.length, ...table, size]), ...literals);
}

function uint32s(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}
