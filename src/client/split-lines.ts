/** Bytes of one line; a longer one could not be held as text. */
const MAX_LINE_BYTES = 256 << 20;
const NEWLINE = 0x0a;

/** The lines of UTF-8 bytes, without their ends; empty ones are left out. Throws a RangeError for a line above 256 MiB. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let begun: Uint8Array[] = [];
  let bytes = 0;
  const finish = (last: Uint8Array): string => {
    const line = Buffer.concat([...begun, last]).toString("utf8");
    begun = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = finish(chunk.subarray(from, end));
      if (line !== "") yield line;
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > MAX_LINE_BYTES) throw new RangeError("a line is longer than 256 MiB");
  }
  const rest = finish(new Uint8Array());
  if (rest !== "") yield rest;
}
