import { resolve } from "node:path";
import type { Flag, LoadedConfig } from "../../config/index.ts";
import type { CommandCall } from "../command-call.ts";

/** The configuration with the command's flags on top; warnings are shown. Throws `invalid_config`. */
export async function loadSettings(
  { session, options }: CommandCall,
  flags: readonly Flag[] = [],
): Promise<LoadedConfig> {
  const { loadConfig } = await import("../../config/index.ts");
  const { env, workingDirectory } = session.options;
  const loaded = loadConfig({
    file: options.config,
    env,
    workingDirectory,
    flags: [{ flag: "--data-dir", path: ["data_dir"], value: options.dataDir }, ...flags],
  });
  for (const warning of loaded.warnings) session.warn(warning);
  return loaded;
}

/** Options that name a model endpoint. */
export interface EndpointOptions {
  readonly model?: string;
  readonly modelUrl?: string;
  readonly modelKeyFile?: string;
}

/**
 * The flag that makes `--model-url` the model `default`. It replaces that model as a whole: a key that was configured
 * for another endpoint never goes to this one.
 */
export async function endpointFlags({ session }: CommandCall, options: EndpointOptions): Promise<Flag[]> {
  const { modelUrl: url, modelKeyFile: keyFile } = options;
  if (url === undefined) return [];
  const file = keyFile === undefined ? undefined : resolve(session.options.workingDirectory, keyFile);
  const model = options.model ?? (await onlyModel(url, file));
  const value = { url, model, ...(file === undefined ? {} : { api_key_file: file }) };
  return [{ flag: "--model-url", path: ["models", "default"], value }];
}

/** The one model that an endpoint has. Throws `invalid_request` that asks for --model when it has not just one. */
async function onlyModel(url: string, keyFile: string | undefined): Promise<string> {
  const { listEndpointModels } = await import("./model-endpoint.ts");
  const { readFileSync } = await import("node:fs");
  const { SandlotError } = await import("../../core/errors/sandlot-error.ts");
  const ask = (why: string) =>
    new SandlotError("invalid_request", { fields: [{ field: "--model", problem: `is needed: ${why}` }] });
  let names: readonly string[];
  try {
    names = await listEndpointModels(url, keyFile === undefined ? undefined : readFileSync(keyFile, "utf8").trim());
  } catch (error) {
    throw ask(`${url} does not list its models (${(error as Error).message})`);
  }
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw ask(`${url} has ${names.length === 0 ? "no models" : `the models ${names.slice(0, 20).join(", ")}`}`);
}
