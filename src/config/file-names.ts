import { resolve } from "node:path";
import type { Config } from "./config.ts";
import type { Sources } from "./layer.ts";

/** The configuration with absolute file names; relative ones start from the file that gave them, else from the working directory. */
export function withAbsoluteNames(config: Config, sources: Sources): Config {
  const paths = ["environments", "paths"];
  const models = Object.entries(config.models).map(([name, model]) => {
    const { replicas_file: file } = model;
    if (file === undefined) return [name, model] as const;
    return [
      name,
      { ...model, replicas_file: resolve(sources.directoryOf(["models", name, "replicas_file"]), file) },
    ] as const;
  });
  const { segments_dir: segments } = config.storage;
  return {
    ...config,
    models: Object.fromEntries(models),
    data_dir: resolve(sources.directoryOf(["data_dir"]), config.data_dir),
    storage: {
      ...config.storage,
      ...(segments !== undefined && {
        segments_dir: resolve(sources.directoryOf(["storage", "segments_dir"]), segments),
      }),
    },
    environments: { paths: config.environments.paths.map((path) => resolve(sources.directoryOf(paths), path)) },
  };
}
