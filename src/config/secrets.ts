import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../core/errors/sandlot-error.ts";
import type { ApiKey, Config } from "./config.ts";
import type { Sources } from "./layer.ts";
import type { Path } from "./path.ts";
import type { Problem } from "./problems.ts";
import type { ParsedConfig } from "./schema.ts";

/** Largest secret, in characters. */
const MAX_SECRET = 8192;

/** The configuration with the secrets of every `*_file` read; what could not be read is added to `problems`. */
export function withSecrets(parsed: ParsedConfig, sources: Sources, problems: Problem[]): Config {
  const secret = (path: Path, file: string): string => {
    try {
      return readSecret(resolve(sources.directoryOf(path), file));
    } catch (error) {
      problems.push({ path, problem: messageOf(error) });
      return "";
    }
  };
  const api_keys = parsed.server.api_keys.map(({ name, key, key_file, tenant, scopes }, i): ApiKey => {
    const text = key ?? secret(["server", "api_keys", i, "key_file"], key_file ?? "");
    return { name, key: text, tenant, scopes };
  });
  const models = Object.fromEntries(
    Object.entries(parsed.models).map(([name, model]) => {
      if (model.api_key_file === undefined) return [name, model];
      return [name, { ...model, api_key: secret(["models", name, "api_key_file"], model.api_key_file) }];
    }),
  );
  return { ...parsed, server: { ...parsed.server, api_keys }, models };
}

/** The text of a secret's file without the newline at its end. */
function readSecret(file: string): string {
  const text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (text === "") throw new RangeError(`${file} is empty`);
  if (text.length > MAX_SECRET) throw new RangeError(`${file} is longer than ${MAX_SECRET} characters`);
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RangeError(`${file} holds more than one line of printable ASCII`);
  return text;
}
