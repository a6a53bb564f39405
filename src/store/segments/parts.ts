import { setImmediate as turn } from "node:timers/promises";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BlobRecord } from "../port.ts";
import { commonPrefix, type Copy, findCopies } from "./delta.ts";
import type { PartsVersion } from "./unpack.ts";

/** Parts before it of its own kind that a part is compared with: branches and sub-agents take turns in a rollout. */
const CANDIDATES = 4;
/** Smaller parts have little to save. */
const MIN_BYTES = 256;
/** What gzip sees as a whole. */
const WINDOW_BYTES = 32 * 1024;
/** Bytes that are compared before others get their turn: about 5 ms. */
const TURN_BYTES = 8 * 1024 * 1024;

interface Candidate {
  readonly index: number;
  readonly bytes: Buffer;
}

/** How a part is told: as stretches of the one that stands `back` parts before it; of none when there are no copies. */
interface Told {
  readonly name: string;
  readonly bytes: Buffer;
  readonly back: number;
  readonly copies: readonly Copy[];
}

/**
 * The parts as one byte string (see record.ts). `payload_too_large` above `limit` bytes, before saving. Records in which nothing
 * repeats have the layout of version 1, which the release before reads.
 */
export async function packParts(record: BlobRecord, limit: number): Promise<{ packed: Buffer; version: PartsVersion }> {
  let total = 0;
  for (const [name, bytes] of record) total += name.length + bytes.length;
  if (total > limit) throw new SandlotError("payload_too_large", { limit_bytes: limit });
  const parts = await compared(record, total > WINDOW_BYTES);
  const version = parts.some(({ copies }) => copies.length > 0) ? 2 : 1;
  const pieces: Uint8Array[] = [uint32s([parts.length])];
  for (const part of parts) pushPart(pieces, part, version);
  return { packed: Buffer.concat(pieces), version };
}

async function compared(record: BlobRecord, isLarge: boolean): Promise<Told[]> {
  const ofKind = new Map<string, readonly Candidate[]>();
  const parts: Told[] = [];
  let seen = 0;
  for (const [name, { buffer, byteOffset, byteLength }] of record) {
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    const index = parts.length;
    const kind = isLarge && byteLength >= MIN_BYTES ? kindOf(name) : null;
    const candidates = (kind !== null && ofKind.get(kind)) || [];
    const base = nearest(candidates, bytes);
    parts.push({ name, bytes, back: base ? index - base.index : 0, copies: base ? findCopies(base.bytes, bytes) : [] });
    if (kind !== null) ofKind.set(kind, [...candidates.slice(1 - CANDIDATES), { index, bytes }]);
    seen += byteLength;
    if (seen < TURN_BYTES) continue;
    seen = 0;
    await turn();
  }
  return parts;
}

/** `request` of `request/3`: what has such a name is a series, whose members are alike. Null for all others. */
function kindOf(name: string): string | null {
  const slash = name.lastIndexOf("/");
  return slash < 0 ? null : name.slice(0, slash);
}

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

function pushPart(pieces: Uint8Array[], { name, bytes, back, copies }: Told, version: PartsVersion): void {
  const encoded = Buffer.from(name, "utf8");
  pieces.push(uint32s([encoded.length]), encoded);
  if (copies.length === 0) {
    pieces.push(uint32s(version === 1 ? [bytes.length] : [0, bytes.length]), bytes);
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
