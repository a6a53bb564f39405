import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "./config.ts";
import { crossChecks } from "./cross-checks.ts";
import { type Environment, environmentLayer } from "./environment-layer.ts";
import { fileLayer } from "./file-layer.ts";
import { withAbsoluteNames } from "./file-names.ts";
import { type Flag, flagLayer } from "./flag-layer.ts";
import { type Layer, type Sources, sourcesOf } from "./layer.ts";
import { modelProblems, modelWarnings } from "./model-checks.ts";
import { openaiLayer } from "./openai-layer.ts";
import { withValueAt } from "./path.ts";
import { invalidConfig, type Problem, problemsOf } from "./problems.ts";
import { ConfigSchema } from "./schema.ts";
import { withSecrets } from "./secrets.ts";

/** The file that is read when none is named. */
export const DEFAULT_FILE = "sandlot.yaml";

export interface LoadOptions {
  /** Configuration file; it must exist. Default: `sandlot.yaml` in the working directory when it exists. */
  file?: string | undefined;
  /** Default: the process environment. */
  env?: Environment;
  flags?: readonly Flag[];
  /** Default: the process's. */
  workingDirectory?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Sources;
  /** Absolute name of the file that was read, or null. */
  readonly file: string | null;
  /** Sentences for the log: variables that look like settings and set nothing, settings that do not go together well. */
  readonly warnings: readonly string[];
}

/** Reads all layers. Throws one `invalid_config` that names every problem found. */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  const cwd = options.workingDirectory ?? process.cwd();
  const env = options.env ?? process.env;
  const file = fileToRead(options.file, cwd);
  const fromFile = file === null ? [] : fileLayer(file, options.file ?? DEFAULT_FILE);
  const fromEnv = environmentLayer({ env, directory: cwd, models: modelsIn(fromFile) });
  const fromFlags = flagLayer(options.flags ?? [], cwd);
  let settings: Layer = [...fromFile, ...fromEnv.layer, ...fromFlags];
  if (modelsIn(settings).length === 0) settings = [...openaiLayer(env, cwd), ...settings];
  const sources = sourcesOf(settings, cwd);
  const config = validate(settings, sources);
  return { config, sources, file, warnings: [...fromEnv.warnings, ...modelWarnings(config)] };
}

function validate(settings: Layer, sources: Sources): Config {
  const merged = settings.reduce<unknown>((root, { path, value }) => withValueAt(root, path, value), {});
  const parsed = ConfigSchema.safeParse(merged);
  if (!parsed.success) throw invalidConfig(problemsOf(parsed.error.issues), sources);
  const problems: Problem[] = [];
  const config = withAbsoluteNames(withSecrets(parsed.data, sources, problems), sources);
  problems.push(...crossChecks(config), ...modelProblems(config, sources));
  if (problems.length > 0) throw invalidConfig(problems, sources);
  return config;
}

function fileToRead(named: string | undefined, cwd: string): string | null {
  const file = resolve(cwd, named ?? DEFAULT_FILE);
  return named !== undefined || existsSync(file) ? file : null;
}

function modelsIn(settings: Layer): string[] {
  const names = settings
    .filter(({ path }) => path[0] === "models" && path.length > 1)
    .map(({ path }) => String(path[1]));
  return [...new Set(names)];
}
