import type { BlobRecord } from "../port.ts";

/** Versions of the payload's layout that can be read. */
export type PartsVersion = 1 | 2;

/**
 * The parts of `packed`; throws a RangeError when its lengths do not add up, and when the parts are more than `limit` bytes
 * together: what is copied takes no room in `packed`.
 */
export function unpackParts(packed: Buffer, version: PartsVersion, limit: number): BlobRecord {
  const input = new Input(packed);
  const parts = new Map<string, Uint8Array>();
  const inOrder: Buffer[] = [];
  let room = limit;
  for (let left = input.uint32(); left > 0; left--) {
    const name = input.take(input.uint32()).toString("utf8");
    const back = version === 1 ? 0 : input.uint32();
    const bytes = back === 0 ? input.take(input.uint32()) : copied(input, inOrder[inOrder.length - back], room);
    room -= bytes.length;
    inOrder.push(bytes);
    parts.set(name, bytes);
  }
  input.end();
  return parts;
}

/** A part that is told as stretches of an earlier one, and what stands between them. */
function copied(input: Input, base: Buffer | undefined, room: number): Buffer {
  if (!base) throw new RangeError("a part repeats one that is not there");
  const copies = Array.from(
    { length: input.count(12) },
    () => [input.uint32(), input.uint32(), input.uint32()] as const,
  );
  const literals = input.take(input.uint32());
  const size = copies.reduce((sum, [, , length]) => sum + length, literals.length);
  if (size > room) throw new RangeError("the parts are too large");
  const bytes = Buffer.allocUnsafe(size);
  let end = 0;
  let used = 0;
  for (const [at, from, length] of copies) {
    const literal = at - end;
    if (literal < 0 || used + literal > literals.length || from + length > base.length)
      throw new RangeError("a part repeats what is not there");
    literals.copy(bytes, end, used, used + literal);
    used += literal;
    base.copy(bytes, at, from, from + length);
    end = at + length;
  }
  literals.copy(bytes, end, used);
  return bytes;
}

/** Bytes that are read from their beginning to their end. */
class Input {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("a part is cut off");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A number of entries, each of so many bytes, that are all there. */
  count(entryBytes: number): number {
    const count = this.uint32();
    if (count * entryBytes > this.#bytes.length - this.#at) throw new RangeError("a part is cut off");
    return count;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError("bytes follow the last part");
  }
}
