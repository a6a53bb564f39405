import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { problemsOf } from "../../contract/problems.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { ImageManifest } from "./manifest.ts";

/** An image's source: its manifest and its folder. */
export interface ImageSource {
  readonly manifest: ImageManifest;
  readonly folder: string;
}

/** Sources do not change while a process lives: an image is what its folder was when it was first read. */
const known = new Map<string, Promise<ImageSource>>();

/**
 * Reads `<root>/<name>`, once in a process. Throws `sandbox_image_missing` when there is no such image, and
 * `invalid_config` when its manifest is not one.
 */
export function readImageSource(root: string, name: string): Promise<ImageSource> {
  const folder = join(root, name);
  const reading = known.get(folder) ?? readSource(folder, name);
  known.set(folder, reading);
  // A failure is not remembered.
  reading.catch(() => known.delete(folder));
  return reading;
}

/** Every image below `root`, by name; folders without a manifest are not images. */
export async function readImageSources(root: string): Promise<ImageSource[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const sources = await Promise.all(
    folders.sort().map((name) =>
      readImageSource(root, name).catch((error: unknown) => {
        if (SandlotError.is(error, "sandbox_image_missing")) return null;
        throw error;
      }),
    ),
  );
  return sources.filter((source) => source !== null);
}

async function readSource(folder: string, name: string): Promise<ImageSource> {
  const path = join(folder, "image.yaml");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new SandlotError("sandbox_image_missing", { image: name });
  }
  const parsed = ImageManifest.safeParse(parseYaml(path, text));
  if (!parsed.success) throw new SandlotError("invalid_config", { source: path, fields: problemsOf(parsed.error) });
  if (parsed.data.name !== name) {
    const fields = [{ field: "name", problem: `must be that of its folder, ${name}` }];
    throw new SandlotError("invalid_config", { source: path, fields });
  }
  return { manifest: parsed.data, folder };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new SandlotError("invalid_config", { source: path, fields: [{ field: "", problem: messageOf(error) }] });
  }
}
