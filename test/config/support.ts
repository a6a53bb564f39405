import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { loadConfig, type LoadedConfig, type LoadOptions } from "../../src/config/load.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";

/** The working directory of the test, made anew for each. */
export let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sandlot-config-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a file into it. */
export function write(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

/** Loads without the process environment; `yaml` becomes sandlot.yaml. */
export function load(options: LoadOptions & { yaml?: string } = {}): LoadedConfig {
  const { yaml, ...rest } = options;
  if (yaml !== undefined) write("sandlot.yaml", yaml);
  return loadConfig({ workingDirectory: directory, env: {}, ...rest });
}

/** The fields of the `invalid_config` that loading throws: name to problem. */
export function problems(options: LoadOptions & { yaml?: string }): Record<string, string> {
  try {
    load(options);
  } catch (error) {
    if (!SandlotError.is(error, "invalid_config")) throw error;
    return Object.fromEntries(error.context.fields.map(({ field, problem }) => [field, problem]));
  }
  throw new Error("the configuration was accepted");
}
