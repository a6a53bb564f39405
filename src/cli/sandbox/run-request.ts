import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isUtf8 } from "node:buffer";
import type { RunInput } from "../../contract/execution.ts";
import type { FileInput } from "../../contract/execution-input.ts";
import { BOUNDS } from "../../contract/limits.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import type { CommandCall } from "../command-call.ts";
import { readBytes, readInput } from "../text-input.ts";
import { languageOf } from "./language-of.ts";
import { type LimitOptions, limitsOf } from "./limit-options.ts";

/** Options of `sandlot sandbox run`. */
export interface SandboxRunOptions extends LimitOptions {
  readonly language?: string;
  readonly image?: string;
  readonly stdin?: string;
  readonly file?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly mode?: "A" | "B" | "C";
  readonly runtime?: string;
  readonly provider?: string;
  readonly quiet?: boolean;
}

/** The request that a command line asks for. Throws `invalid_request` for what cannot be read. */
export async function readSandboxRun({ session, options, args }: CommandCall<SandboxRunOptions>): Promise<RunInput> {
  const [path = "", ...programArgs] = args;
  if (path === "-" && options.stdin === "-") throw refused("--stdin", "standard input is the program already");
  const code = await readInput(session.options, "FILE", path, BOUNDS.runBodyBytes);
  const language = options.language ?? languageOf(path, code);
  if (language === undefined)
    throw refused("--language", `is needed: nothing about ${path} says what it is written in`);
  const { image, env, mode, runtime } = options;
  const limits = limitsOf(options);
  const files = await Promise.all(
    (options.file ?? []).map((file) => readFileInput(session.options.workingDirectory, file)),
  );
  return {
    language,
    code,
    ...(image === undefined ? {} : { image }),
    ...(options.stdin === undefined
      ? {}
      : stdinOf(await readBytes(session.options, "--stdin", options.stdin, BOUNDS.runBodyBytes))),
    ...(programArgs.length === 0 ? {} : { args: programArgs }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(files.length === 0 ? {} : { files }),
    ...(limits === undefined ? {} : { limits }),
    ...(mode === undefined && runtime === undefined
      ? {}
      : { sandbox: { ...(mode && { mode }), ...(runtime && { runtime }) } }),
  };
}

function stdinOf(data: Buffer): Pick<RunInput, "stdin" | "stdin_base64"> {
  return isUtf8(data) ? { stdin: data.toString("utf8") } : { stdin_base64: data.toString("base64") };
}

/** Reads `name=path`, or a path whose last part is the name. */
async function readFileInput(directory: string, given: string): Promise<FileInput> {
  const at = given.indexOf("=");
  const path = at < 1 ? given : given.slice(at + 1);
  const name = at < 1 ? basename(given) : given.slice(0, at);
  let data: Buffer;
  let mode: number;
  try {
    const file = resolve(directory, path);
    const facts = await stat(file);
    if (facts.size > BOUNDS.runBodyBytes) throw new Error(`is larger than ${BOUNDS.runBodyBytes} bytes`);
    mode = facts.mode & 0o777;
    data = await readFile(file);
  } catch (error) {
    throw refused("--file", `cannot read ${path}: ${messageOf(error)}`, error);
  }
  return isUtf8(data)
    ? { path: name, mode, text: data.toString("utf8") }
    : { path: name, mode, base64: data.toString("base64") };
}

function refused(field: string, problem: string, cause?: unknown): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] }, { cause });
}
