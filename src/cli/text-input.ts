import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { utf8Text } from "../core/json/parse.ts";
import type { CliOptions } from "./io.ts";

/** The text of a file that an option names, `-` for standard input. Throws `invalid_request`, also above `maxBytes`. */
export async function readInput(options: CliOptions, flag: string, name: string, maxBytes: number): Promise<string> {
  const bytes = await readBytes(options, flag, name, maxBytes);
  try {
    return utf8Text(bytes);
  } catch (error) {
    throw refusal(flag, `${shown(name)} is not valid UTF-8`, error);
  }
}

/** Its bytes, whatever they are. Throws like `readInput`. */
export async function readBytes(options: CliOptions, flag: string, name: string, maxBytes: number): Promise<Buffer> {
  const bytes =
    name === "-" ? await readAll(options.stdin, maxBytes) : await readNamed(resolve(options.workingDirectory, name));
  if (bytes === null) throw refusal(flag, `${shown(name)} is larger than ${maxBytes} bytes`);
  return bytes;

  async function readNamed(path: string): Promise<Buffer | null> {
    try {
      return (await stat(path)).size > maxBytes ? null : await readFile(path);
    } catch (error) {
      throw refusal(flag, `cannot read ${name}: ${messageOf(error)}`, error);
    }
  }
}

function shown(name: string): string {
  return name === "-" ? "standard input" : name;
}

function refusal(flag: string, problem: string, cause?: unknown): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field: flag, problem }] }, { cause });
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
