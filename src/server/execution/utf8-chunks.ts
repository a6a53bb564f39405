/** Cuts a stream of bytes where no character of UTF-8 is split. */
export class Utf8Chunks {
  #rest: Buffer = Buffer.alloc(0);

  /** Everything so far but the beginning of a last character; empty when there is nothing else. */
  take(data: Buffer): Buffer {
    const all = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const end = all.length - splitBytes(all);
    this.#rest = all.subarray(end);
    return all.subarray(0, end);
  }

  /** The beginning of a character whose end never came. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }
}

/** How many bytes at the end begin a character that is not complete. */
function splitBytes(data: Buffer): number {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0;
  }
  return 0;
}

/** Bytes of the character that begins with this one. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
