import { readFile } from "node:fs/promises";
import type { LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";
import { transform } from "sucrase";
import { ENVIRONMENT_MARK } from "./environment-code.ts";

/** Node's hooks for the modules of environments (environment-code.ts); they run in a thread of their own. */

/** What environments import from here when nothing of the name is installed beside them. */
const LENT: ReadonlySet<string> = new Set(["zod"]);

export const resolve: ResolveHook = async (specifier, context, next) => {
  if (!context.parentURL?.endsWith(ENVIRONMENT_MARK)) return next(specifier, context);
  // One instance of it: two would not know each other's errors.
  if (specifier === "sandlot") return { url: new URL("../index.js", import.meta.url).href, shortCircuit: true };
  if (/^\.\.?\//.test(specifier)) {
    const found = await next(specifier, context);
    return { ...found, url: `${found.url}${ENVIRONMENT_MARK}` };
  }
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!LENT.has(specifier)) throw error;
    return next(specifier, { ...context, parentURL: import.meta.url });
  }
};

export const load: LoadHook = async (url, context, next) => {
  if (!url.endsWith(`.ts${ENVIRONMENT_MARK}`)) return next(url, context);
  const path = fileURLToPath(url.slice(0, -ENVIRONMENT_MARK.length));
  const { code } = transform(await readFile(path, "utf8"), {
    transforms: ["typescript"],
    disableESTransforms: true,
    filePath: path,
  });
  return { format: "module", source: code, shortCircuit: true };
};
