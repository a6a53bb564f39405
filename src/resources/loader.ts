import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { nearestName } from "../core/nearest.ts";
import type { ResourceDefinition, ResourceServices } from "./definition.ts";
import { Environment } from "./environment.ts";
import { importEnvironmentCode } from "./environment-code.ts";
import { LocalResource } from "./local-resource.ts";
import { EnvironmentManifest } from "./manifest.ts";

export interface EnvironmentsOptions {
  /** Folders whose subfolders are environments, in order of precedence. */
  readonly roots: readonly string[];
  /** Where the compiled code of an environment folder lies, or null to load its source as it is. */
  readonly compiled: (folder: string) => string | null;
  readonly services: (manifest: EnvironmentManifest) => ResourceServices;
}

const MANIFEST = "environment.yaml";

/** The environments on disk, loaded when first asked for. A new one needs no change here. */
export class Environments {
  readonly #options: EnvironmentsOptions;
  readonly #loaded = new Map<string, Promise<Environment>>();

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  /** Names of all environments, sorted. */
  async names(): Promise<string[]> {
    return Array.from((await this.#folders()).keys()).sort();
  }

  /** Throws `unknown_environment` with the nearest name, or `invalid_config` for a broken one. */
  async get(name: string): Promise<Environment> {
    let loading = this.#loaded.get(name);
    if (!loading) {
      loading = this.#load(name);
      this.#loaded.set(name, loading);
      loading.catch(() => this.#loaded.delete(name));
    }
    return loading;
  }

  async #folders(): Promise<Map<string, string>> {
    const folders = new Map<string, string>();
    for (const root of this.#options.roots) {
      const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const folder = join(root, entry.name);
        if (!entry.isDirectory() || folders.has(entry.name)) continue;
        // A folder of this name may hold other things, too.
        if (existsSync(join(folder, MANIFEST))) folders.set(entry.name, folder);
      }
    }
    return folders;
  }

  async #load(name: string): Promise<Environment> {
    const folders = await this.#folders();
    const folder = folders.get(name);
    if (!folder) {
      const nearest = nearestName(name, folders.keys());
      throw new SandlotError("unknown_environment", { name, ...(nearest ? { nearest } : {}) });
    }
    const manifest = await readManifest(folder);
    const definition = await this.#import(folder, manifest.resource);
    const resource = new LocalResource({ manifest, definition, services: this.#options.services(manifest) });
    const datasetPath = (wanted: string) => {
      const dataset = manifest.datasets.find((known) => known.name === wanted);
      return dataset && inside(folder, dataset.path);
    };
    try {
      return new Environment({ manifest, folder, resource, definition, datasetPath });
    } catch (error) {
      throw invalid(folder, manifest.resource, messageOf(error), error);
    }
  }

  async #import(folder: string, file: string): Promise<ResourceDefinition> {
    const compiled = this.#options.compiled(folder);
    const path = compiled ? inside(compiled, file.replace(/\.ts$/, ".js")) : inside(folder, file);
    try {
      const module = await importEnvironmentCode(path);
      if (module.default) return module.default as ResourceDefinition;
    } catch (error) {
      throw invalid(folder, file, messageOf(error), error);
    }
    throw invalid(folder, file, "has no default export");
  }
}

async function readManifest(folder: string): Promise<EnvironmentManifest> {
  const file = MANIFEST;
  let value: unknown;
  try {
    value = parse(await readFile(join(folder, file), "utf8"));
  } catch (error) {
    throw invalid(folder, file, messageOf(error), error);
  }
  const read = EnvironmentManifest.safeParse(value);
  if (!read.success) throw invalid(folder, file, z.prettifyError(read.error), read.error);
  return read.data;
}

/** A path of an environment never leaves its folder. */
function inside(folder: string, path: string): string {
  const full = resolve(folder, path);
  const below = relative(folder, full);
  if (below.startsWith("..") || isAbsolute(below)) throw invalid(folder, path, "leaves the environment's folder");
  return full;
}

function invalid(folder: string, file: string, problem: string, cause?: unknown): SandlotError {
  return new SandlotError(
    "invalid_config",
    { source: join(folder, file), fields: [{ field: file, problem }] },
    { cause },
  );
}
