import { randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { syncDirectory } from "./sync-directory.ts";

const FILE = "owner.json";

/** Whose segments a directory holds. */
const Owner = z.object({
  /** The directory's own. */
  id: z.string().min(1),
  installation: z.string().min(1),
});
export type DirectoryOwner = z.infer<typeof Owner>;

/** Whose directory it is, by its file `owner.json`: `installation`'s, when nobody has it yet. Processes that take it together agree. */
export async function directoryOwner(directory: string, installation: string): Promise<DirectoryOwner> {
  const path = join(directory, FILE);
  return (await readOwner(path)) ?? (await takeDirectory(directory, path, installation));
}

/** The file appears whole, or not at all: by a link, which only one process can make. */
async function takeDirectory(directory: string, path: string, installation: string): Promise<DirectoryOwner> {
  const own = join(directory, `${FILE}.${randomUUID()}.new`);
  try {
    const owner: DirectoryOwner = { id: randomUUID(), installation };
    await writeFile(own, `${JSON.stringify(owner)}\n`, { mode: 0o600, flush: true });
    await link(own, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await syncDirectory(directory);
  } finally {
    await rm(own, { force: true });
  }
  const owner = await readOwner(path);
  if (owner === null) throw new SandlotError("storage_corrupt", { detail: `${path} went away` });
  return owner;
}

async function readOwner(path: string): Promise<DirectoryOwner | null> {
  try {
    return Owner.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new SandlotError("storage_corrupt", { detail: `${path} cannot be read` }, { cause: error });
  }
}
