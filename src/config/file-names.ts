import { resolve } from "node:path";
import type { Config } from "./config.ts";
import type { Sources } from "./layer.ts";

/** The configuration with absolute file names; relative ones start from the file that gave them, else from the working directory. */
export function withAbsoluteNames(config: Config, sources: Sources): Config {
  const paths = ["environments", "paths"];
  return {
    ...config,
    data_dir: resolve(sources.directoryOf(["data_dir"]), config.data_dir),
    environments: { paths: config.environments.paths.map((path) => resolve(sources.directoryOf(paths), path)) },
  };
}
