import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { syncDirectory } from "./sync-directory.ts";

const FILE = "id";

/** The directory's own id, in the file `id`, made at the first call; processes that make it together agree on one. */
export async function directoryId(directory: string): Promise<string> {
  const path = join(directory, FILE);
  return (await readId(path)) ?? (await makeId(directory, path));
}

/** It appears whole, or not at all: by a link, which only one process can make. */
async function makeId(directory: string, path: string): Promise<string> {
  const own = join(directory, `${FILE}.${randomUUID()}.new`);
  try {
    await writeFile(own, `${randomUUID()}\n`, { mode: 0o600, flush: true });
    await link(own, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await syncDirectory(directory);
  } finally {
    await rm(own, { force: true });
  }
  const id = await readId(path);
  if (id === null) throw new SandlotError("storage_corrupt", { detail: `${path} went away` });
  return id;
}

async function readId(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
