import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { SandlotError } from "../core/errors/sandlot-error.ts";

/** `sandboxes/<image>/image.yaml`: what an image offers, independent of any provider. */
export const ImageManifest = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  description: z.string(),
  /** Warm interpreters by language. */
  runtimes: z.record(
    z.string(),
    z.strictObject({ argv: z.array(z.string()).min(1), preload: z.array(z.string()).default([]) }),
  ),
});
export type ImageManifest = z.infer<typeof ImageManifest>;

/** An image's source: its manifest and its folder. */
export interface ImageSource {
  readonly manifest: ImageManifest;
  readonly folder: string;
}

/** Reads `<root>/<name>`; throws `sandbox_image_missing` when there is no such folder. */
export async function readImageSource(root: string, name: string): Promise<ImageSource> {
  const folder = join(root, name);
  let text: string;
  try {
    text = await readFile(join(folder, "image.yaml"), "utf8");
  } catch {
    throw new SandlotError("sandbox_image_missing", { image: name });
  }
  return { manifest: ImageManifest.parse(parse(text)), folder };
}

/** First 16 hex digits of a SHA-256 over names and contents, in name order. */
export async function folderDigest(folder: string): Promise<string> {
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
