import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { type ImageManifest, imageReference, readImageSource } from "../images/index.ts";
import { buildFolder, relabel } from "./build.ts";
import { type Engine, engineError, engineStatus, ignoreGone } from "./engine.ts";
import { readVersions } from "./versions.ts";

/** Label of a built image: JSON of language → version. */
const VERSIONS_LABEL = "sandlot.versions";

/** What the engine has of an image. */
export interface BuiltImage {
  /** Bytes on the engine's disk, those that it shares with other images included. */
  readonly size: number;
  /** By language, as the programs say it themselves. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Null when the engine lacks the image. Throws `provider_unavailable` without an engine. */
export async function findImage(engine: Engine, reference: string): Promise<BuiltImage | null> {
  try {
    const { Size, Config } = await engine.short.getImage(reference).inspect();
    return { size: Size, versions: readLabel(Config.Labels?.[VERSIONS_LABEL]) };
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw engineError(error);
  }
}

export async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  return (await findImage(engine, reference)) !== null;
}

export interface BuildOptions {
  readonly folder: string;
  readonly reference: string;
  /** Null for the toolbox, which has no languages. */
  readonly manifest: ImageManifest | null;
  /** Default 15 minutes. */
  readonly timeoutMs?: number | undefined;
  /** Every step anew, whatever the engine remembers. */
  readonly fresh?: boolean | undefined;
}

/**
 * Builds a folder's Dockerfile and notes the versions of its languages; the reference appears when all is done. Throws
 * `sandbox_create_failed` with the builder's last words.
 */
export async function buildImage(ctx: CallContext, engine: Engine, options: BuildOptions): Promise<void> {
  const { folder, reference, manifest, timeoutMs, fresh } = options;
  if (!manifest) return buildFolder(ctx, engine, { folder, reference, timeoutMs, fresh });
  // Others may build the same at the same time.
  const unnamed = `${reference}-${randomBytes(4).toString("hex")}`;
  await buildFolder(ctx, engine, { folder, reference: unnamed, timeoutMs, fresh });
  try {
    const versions = await readVersions(ctx, engine, unnamed, manifest.languages);
    await relabel(ctx, engine, { from: unnamed, reference, labels: { [VERSIONS_LABEL]: JSON.stringify(versions) } });
  } finally {
    await ignoreGone(engine.short.getImage(unnamed).remove({ noprune: true }));
  }
}

/** The images below a folder that sandboxes are made of, each asked for at the engine until it is there. */
export class SandboxImages {
  readonly #engine: Engine;
  readonly #root: string;
  readonly #found = new Map<string, Promise<string>>();

  constructor(engine: Engine, root: string) {
    this.#engine = engine;
    this.#root = root;
  }

  manifest(name: string): Promise<ImageManifest> {
    return readImageSource(this.#root, name).then(({ manifest }) => manifest);
  }

  /** The reference of a built image; throws `sandbox_image_missing`. */
  async reference(name: string): Promise<string> {
    // What has no manifest is no image, whatever else is wrong with its folder.
    await this.manifest(name);
    return this.#remember(name, name);
  }

  toolbox(): Promise<string> {
    return this.#remember("agent", "toolbox");
  }

  /** After the engine has refused an image: it may have been removed since it was found. */
  forget(name: string): void {
    this.#found.delete(name);
  }

  #remember(folder: string, name: string): Promise<string> {
    const found = this.#found.get(name) ?? this.#find(folder, name);
    this.#found.set(name, found);
    // A failure is not remembered: the image may be built a moment later.
    found.catch(() => this.#found.delete(name));
    return found;
  }

  async #find(folder: string, name: string): Promise<string> {
    const reference = await imageReference(join(this.#root, folder), name);
    if (await hasImage(this.#engine, reference)) return reference;
    throw new SandlotError("sandbox_image_missing", { image: name });
  }
}

/** An image that others have labelled has no versions. */
function readLabel(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}
