import { isJsonObject } from "../core/json/parse.ts";

/** Keys and array positions from the root of the configuration to a value. */
export type Path = readonly PropertyKey[];

/** The path as people read it: `server.api_keys[0].name`, `models["my.model"].url`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z0-9_-]+$/.test(String(key))) text += text ? `.${String(key)}` : String(key);
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}

/** The value at `path`, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A copy of `root` with `value` at `path`; objects are made on the way. */
export function withValueAt(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) return root.map((item: unknown, i) => (i === key ? withValueAt(item, rest, value) : item));
  const entries = new Map<PropertyKey, unknown>(isJsonObject(root) ? Object.entries(root) : []);
  entries.set(key, withValueAt(entries.get(key), rest, value));
  return Object.fromEntries(entries);
}
