import { constants } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../../config/index.ts";
import { processExists, readServerNote } from "../access/server-file.ts";
import { bytes } from "../terminal/format.ts";
import { type Check, missing, ok, warning } from "./check.ts";

/** Oldest Node that Sandlot runs on. */
const OLDEST_NODE = [20, 19] as const;
const LOW_SPACE = 2 * 1024 ** 3;

/** Whether this Node is new enough. */
export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!isOld) return ok("Node", version);
  return missing(
    "Node",
    `${version} is too old`,
    `install Node ${OLDEST_NODE.join(".")} or newer (https://nodejs.org)`,
  );
}

/** Space where the data directory is, or will be, beside what a server keeps free. */
export async function spaceCheck({ data_dir, storage }: Config): Promise<Check> {
  const name = "disk space";
  try {
    const place = await nearestExisting(data_dir);
    const { bavail, bsize } = await statfs(place);
    const free = bavail * bsize;
    const text = `${bytes(free)} free in ${place}`;
    const fix = "free some space, or pass another --data-dir";
    if (free < storage.min_free_bytes) return missing(name, text, fix);
    return free < storage.min_free_bytes + LOW_SPACE ? warning(name, text, fix) : ok(name, text);
  } catch (error) {
    return warning(name, `cannot be told: ${(error as Error).message}`, "look at it yourself");
  }
}

/** Whether the data directory can be written, and whether somebody uses it. */
export async function dataDirectoryCheck({ data_dir }: Config): Promise<Check> {
  const name = "data directory";
  const place = await nearestExisting(data_dir);
  try {
    if (!(await stat(place)).isDirectory()) throw new Error(`${place} is not a directory`);
    await access(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    return missing(
      name,
      `${data_dir} cannot be written: ${(error as Error).message}`,
      "change its owner, or pass another --data-dir",
    );
  }
  const note = await readServerNote(data_dir);
  if (note && processExists(note.pid))
    return ok(name, `${data_dir}, in use by the server at ${note.url} (process ${note.pid})`);
  const holder = await lockHolder(data_dir);
  if (holder !== null && processExists(holder)) {
    return warning(
      name,
      `${data_dir} is locked by process ${holder}`,
      "wait for it, stop it, or pass another --data-dir",
    );
  }
  return ok(name, place === data_dir ? data_dir : `${data_dir} (will be made)`);
}

/** Number of the process in the store's lock file; null when there is none. */
async function lockHolder(directory: string): Promise<number | null> {
  try {
    const { pid } = JSON.parse(await readFile(join(directory, "lock"), "utf8")) as { pid?: unknown };
    return typeof pid === "number" ? pid : null;
  } catch {
    return null;
  }
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  const parent = dirname(path);
  return exists || parent === path ? path : nearestExisting(parent);
}
