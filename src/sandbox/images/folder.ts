import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** Paths of the files that an image is made of, relative to its folder and in order; what Python leaves behind is none. */
export async function imageFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.split("/").includes("__pycache__"))
    .sort();
}
