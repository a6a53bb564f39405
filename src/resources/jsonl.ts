import { createReadStream } from "node:fs";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { utf8Text } from "../core/json/parse.ts";

/** Longest line. */
const MAX_LINE_BYTES = 64 << 20;

/** The lines of a JSONL file that are not blank, with their numbers from 1. Only `\n` ends a line. */
export async function* readTextLines(path: string): AsyncGenerator<{ text: string; line: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  for await (const chunk of createReadStream(path)) {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      line++;
      const text = utf8Text(data.subarray(0, end));
      if (text.trim() !== "") yield { text, line };
      data = data.subarray(end + 1);
    }
    rest = data;
    if (rest.length > MAX_LINE_BYTES) {
      const problem = `is longer than ${MAX_LINE_BYTES} bytes`;
      throw new SandlotError("invalid_row", { line: line + 1, fields: [{ field: "", problem }] });
    }
  }
  const text = utf8Text(rest);
  if (text.trim() !== "") yield { text, line: line + 1 };
}
