import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(import.meta.url);

/** The folder of Sandlot's package.json: a checkout, or the installed package. */
export const PACKAGE_ROOT = findPackageRoot(dirname(here));

/** Sandlot's version. */
export const VERSION = (JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { version: string })
  .version;

/** How the suggestions of commands call this program: from a checkout it is not on the PATH. */
export const COMMAND = existsSync(join(PACKAGE_ROOT, "src", "main.ts")) ? "npx sandlot" : "sandlot";

/** True when TypeScript sources run as they are (tests), false for the build. */
const RUNS_SOURCES = here.endsWith(".ts");

export const IMAGES_ROOT = join(PACKAGE_ROOT, "sandboxes");
export const ENVIRONMENTS_ROOT = join(PACKAGE_ROOT, "environments");

/**
 * Where the compiled code of an environment's folder lies; null when its files are loaded as they are, because nothing
 * compiled them or because they are newer: what somebody has just changed is what runs.
 */
export function compiledEnvironment(folder: string): string | null {
  const below = relative(ENVIRONMENTS_ROOT, folder);
  if (RUNS_SOURCES || below.startsWith("..")) return null;
  const compiled = join(PACKAGE_ROOT, "dist", "environments", below);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const isCurrent = (name: string) => {
    const target = statSync(join(compiled, name.replace(/\.ts$/, ".js")), { throwIfNoEntry: false });
    return target !== undefined && target.mtimeMs >= statSync(join(folder, name)).mtimeMs;
  };
  return existsSync(compiled) && sources.every(isCurrent) ? compiled : null;
}

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("Sandlot's package.json is missing");
  return findPackageRoot(parent);
}
