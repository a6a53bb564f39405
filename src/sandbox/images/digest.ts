import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { imageFiles } from "./folder.ts";

const known = new Map<string, Promise<string>>();

/**
 * First 16 hex digits of a SHA-256 over names and contents, in name order. Computed once in a process: what a folder
 * held then is what its image is made of.
 */
export function folderDigest(folder: string): Promise<string> {
  const digest = known.get(folder) ?? computeDigest(folder);
  known.set(folder, digest);
  // A failure is not remembered.
  digest.catch(() => known.delete(folder));
  return digest;
}

async function computeDigest(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await imageFiles(folder)) {
    hash.update(`/${path}\0`);
    hash.update(await readFile(join(folder, path)));
    hash.update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
