import { register } from "node:module";
import { pathToFileURL } from "node:url";

/** Marks modules of environments, so that the hooks touch no others. */
export const ENVIRONMENT_MARK = "?environment";

/** Whether this is the build. Sources run under a loader that reads TypeScript already. */
const IS_BUILD = import.meta.url.endsWith(".js");

let registered = false;

/**
 * Imports code of an environment as it lies on disk: also TypeScript, whose types are left out, and also where no `sandlot`
 * is installed beside it, which then is this one.
 */
export async function importEnvironmentCode(path: string): Promise<{ default?: unknown }> {
  const { href } = pathToFileURL(path);
  if (!IS_BUILD) return (await import(href)) as { default?: unknown };
  if (!registered) register("./environment-hooks.js", import.meta.url);
  registered = true;
  return (await import(`${href}${ENVIRONMENT_MARK}`)) as { default?: unknown };
}
