import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const known = new Map<string, Promise<string>>();

/**
 * First 16 hex digits of a SHA-256 over names and contents, in name order. Computed once in a process: what a folder
 * held then is what its image is made of.
 */
export function folderDigest(folder: string): Promise<string> {
  const digest = known.get(folder) ?? computeDigest(folder);
  known.set(folder, digest);
  digest.catch(() => known.delete(folder));
  return digest;
}

async function computeDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file.slice(folder.length)}\0`);
    hash.update(await readFile(file));
    hash.update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
