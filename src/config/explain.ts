import { isJsonObject } from "../core/json/parse.ts";
import type { LoadedConfig } from "./load.ts";
import { DEFAULT_SOURCE } from "./layer.ts";
import { formatPath, type Path, valueAt } from "./path.ts";
import { leavesOf } from "./schema-walk.ts";
import { ConfigSchema } from "./schema.ts";

/** One setting for people: what it is and where it came from. */
export interface ExplainedSetting {
  readonly path: string;
  /** Secrets are redacted; null when nothing is set. */
  readonly value: unknown;
  readonly source: string;
}

const REDACTED = "[redacted]";
const SECRET_KEYS = new Set(["api_key", "key"]);

/** Every setting with its source, in the order of the schema, secrets redacted. */
export function explain({ config, sources }: LoadedConfig): ExplainedSetting[] {
  const rows: ExplainedSetting[] = [];
  const add = (path: Path, value: unknown) => {
    rows.push({ path: formatPath(path), value: redact(path, value), source: sourceOf(path) });
  };
  const sourceOf = (path: Path): string => {
    const own = sources.of(path);
    const last = path.at(-1);
    if (own !== DEFAULT_SOURCE || (last !== "key" && last !== "api_key")) return own;
    return sources.of([...path.slice(0, -1), `${last}_file`]);
  };
  const visit = (path: Path, value: unknown) => {
    if (isJsonObject(value)) for (const [key, child] of Object.entries(value)) visit([...path, key], child);
    else if (Array.isArray(value) && value.some(isJsonObject))
      for (const [i, child] of value.entries()) visit([...path, i], child);
    else if (value !== undefined) add(path, value);
  };
  for (const [key, value] of Object.entries(config)) {
    visit([key], value);
    for (const leaf of leavesOf(ConfigSchema).filter(({ path }) => path[0] === key && !path.includes("*"))) {
      if (valueAt(config, leaf.path) === undefined) add(leaf.path, null);
    }
  }
  return rows;
}

/** The value with passwords out of sight: those of URLs, and what is a secret as a whole. */
function redact(path: Path, value: unknown): unknown {
  if (SECRET_KEYS.has(String(path.at(-1)))) return REDACTED;
  if (typeof value !== "string") return value;
  return value
    .replace(
      /^([a-z+]+:\/\/)([^/?#]*)@/i,
      (_, scheme: string, user: string) => `${scheme}${user.split(":")[0] ?? ""}:${REDACTED}@`,
    )
    .replaceAll(/([?&](?:password|sslpassword|api_?key|key|token)=)[^&#]*/gi, `$1${REDACTED}`);
}
