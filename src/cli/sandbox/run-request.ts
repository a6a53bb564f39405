import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isUtf8 } from "node:buffer";
import type { RunInput } from "../../contract/execution.ts";
import type { FileInput } from "../../contract/execution-input.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
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
  // Not loaded for the sake of other commands.
  const { BOUNDS } = await import("../../contract/limits.ts");
  const read = (flag: string, name: string) => readBytes(session.options, flag, name, BOUNDS.runBodyBytes);
  const { image, env, mode, runtime, stdin, file: given = [] } = options;
  const [path = "", ...programArgs] = args;
  if (path === "-" && stdin === "-") throw refused("--stdin", "standard input is the program already");
  const code = await readInput(session.options, "FILE", path, BOUNDS.runBodyBytes);
  const language = options.language ?? languageOf(path, code);
  if (language === undefined)
    throw refused("--language", `is needed: nothing about ${path} says what it is written in`);
  const input = stdin === undefined ? undefined : await read("--stdin", stdin);
  const limits = limitsOf(options);
  const files = await Promise.all(given.map((file) => readFileInput(session.options.workingDirectory, file, read)));
  return {
    language,
    code,
    ...(image && { image }),
    ...(input && stdinOf(input)),
    ...(programArgs.length > 0 && { args: programArgs }),
    ...(env && { env: { ...env } }),
    ...(files.length > 0 && { files }),
    ...(limits && { limits }),
    ...((mode ?? runtime) && { sandbox: { ...(mode && { mode }), ...(runtime && { runtime }) } }),
  };
}

function stdinOf(data: Buffer): Pick<RunInput, "stdin" | "stdin_base64"> {
  return isUtf8(data) ? { stdin: data.toString("utf8") } : { stdin_base64: data.toString("base64") };
}

/** Reads `name=path`, or a path whose last part is the name; permission bits stay as they are. */
async function readFileInput(
  directory: string,
  given: string,
  read: (flag: string, name: string) => Promise<Buffer>,
): Promise<FileInput> {
  const at = given.indexOf("=");
  const [name, path] = at < 1 ? [basename(given), given] : [given.slice(0, at), given.slice(at + 1)];
  const data = await read("--file", path);
  const mode = path === "-" ? 0o644 : (await stat(resolve(directory, path))).mode & 0o777;
  const content = isUtf8(data) ? { text: data.toString("utf8") } : { base64: data.toString("base64") };
  return { path: name, mode, ...content };
}

function refused(field: string, problem: string, cause?: unknown): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] }, { cause });
}
