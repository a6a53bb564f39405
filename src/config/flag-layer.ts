import type { Layer } from "./layer.ts";
import type { Path } from "./path.ts";
import { leavesOf } from "./schema-walk.ts";
import { ConfigSchema } from "./schema.ts";
import { textValue } from "./text-value.ts";

/** A setting given on the command line. */
export interface Flag {
  /** As the user typed it: `--port`. */
  readonly flag: string;
  /** What it sets: `["server", "port"]`. */
  readonly path: Path;
  /** Text is read as the setting's type; undefined means that the flag was not given. */
  readonly value: unknown;
}

/** The settings of the flags that were given. */
export function flagLayer(flags: readonly Flag[], directory: string): Layer {
  const leaves = leavesOf(ConfigSchema);
  return flags
    .filter(({ value }) => value !== undefined)
    .map(({ flag, path, value }) => {
      const leaf = leaves.find(
        (l) => l.path.length === path.length && l.path.every((key, i) => key === "*" || key === path[i]),
      );
      const read = leaf && typeof value === "string" ? textValue(leaf.kind, value) : value;
      return { path, value: read, source: flag, directory };
    });
}
