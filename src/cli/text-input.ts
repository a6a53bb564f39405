import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { utf8Text } from "../core/json/parse.ts";
import type { CliOptions } from "./io.ts";

/** The text of a file that an option names, `-` for standard input. Throws `invalid_request`, also above `maxBytes`. */
export async function readInput(options: CliOptions, flag: string, name: string, maxBytes: number): Promise<string> {
  const refuse = (problem: string, cause?: unknown) =>
    new SandlotError("invalid_request", { fields: [{ field: flag, problem }] }, { cause });
  const bytes =
    name === "-" ? await readAll(options.stdin, maxBytes) : await readNamed(resolve(options.workingDirectory, name));
  if (bytes === null) throw refuse(`${name} is larger than ${maxBytes} bytes`);
  try {
    return utf8Text(bytes);
  } catch (error) {
    throw refuse(`${name} is not valid UTF-8`, error);
  }

  async function readNamed(path: string): Promise<Buffer | null> {
    try {
      return (await stat(path)).size > maxBytes ? null : await readFile(path);
    } catch (error) {
      throw refuse(`cannot read ${name}: ${messageOf(error)}`, error);
    }
  }
}

async function readAll(stdin: CliOptions["stdin"], maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const part = Buffer.from(chunk as Uint8Array);
    size += part.length;
    if (size > maxBytes) return null;
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
