import { nearestName } from "../core/nearest.ts";
import type { Layer, Setting } from "./layer.ts";
import { type Leaf, leavesOf } from "./schema-walk.ts";
import { ConfigSchema } from "./schema.ts";
import { textValue } from "./text-value.ts";

/** The process environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentLayerOptions {
  env: Environment;
  /** Directory that relative file names start from. */
  directory: string;
  /** Models that lower layers name, so that SANDLOT_MODELS_MY_MODEL_URL finds `my-model`. */
  models: readonly string[];
}

const PREFIX = "SANDLOT_";
/** Read by `sandlot` as a client, or by its tests; no part of the configuration. */
const FOREIGN = /^SANDLOT_(URL|API_KEY|TEST_.*|BENCH_.*)$/;
/** Kubernetes sets these in every pod beside a service whose name starts with "sandlot". */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\d+_(TCP|UDP)(_.*)?)$/;

/** The variable that sets a leaf of fixed path: SANDLOT_SERVER_PORT for `server.port`. */
export function variableName(path: readonly string[]): string {
  return PREFIX + path.join("_").toUpperCase();
}

/**
 * The settings in `SANDLOT_…` variables; an empty variable counts as not set. Names of models are lower case unless
 * a lower layer spells them otherwise. `warnings` names variables that set nothing.
 */
export function environmentLayer(options: EnvironmentLayerOptions): { layer: Layer; warnings: string[] } {
  const leaves = leavesOf(ConfigSchema);
  const fixed = new Map(
    leaves.filter((leaf) => !leaf.path.includes("*")).map((leaf) => [variableName(leaf.path), leaf]),
  );
  const named = leaves.filter((leaf) => leaf.path.includes("*"));
  const layer: Setting[] = [];
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(options.env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(PREFIX) || !text || FOREIGN.test(name) || SERVICE_LINK.test(name)) continue;
    if (name.endsWith("_PORT") && /^(tcp|udp):\/\//.test(text)) continue;
    const leaf = fixed.get(name) ?? namedLeaf(name, named, options.models);
    if (leaf) {
      layer.push({ path: leaf.path, value: textValue(leaf.kind, text), source: name, directory: options.directory });
      continue;
    }
    const near = nearestName(name, fixed.keys());
    warnings.push(`${name} sets nothing${near ? `; did you mean ${near}?` : ""}`);
  }
  return { layer, warnings };
}

/** The leaf under a free name, longest tail first: …_API_KEY_FILE is not a model's `file`. */
function namedLeaf(variable: string, leaves: readonly Leaf[], known: readonly string[]): Leaf | undefined {
  for (const leaf of [...leaves].sort((a, b) => b.path.join().length - a.path.join().length)) {
    const star = leaf.path.indexOf("*");
    const head = `${variableName(leaf.path.slice(0, star))}_`;
    const tail = `_${leaf.path
      .slice(star + 1)
      .join("_")
      .toUpperCase()}`;
    if (!variable.startsWith(head) || !variable.endsWith(tail)) continue;
    const spelled = variable.slice(head.length, -tail.length);
    if (spelled === "") continue;
    const name =
      known.find((model) => model.replaceAll(/[^A-Za-z0-9]/g, "_").toUpperCase() === spelled) ?? spelled.toLowerCase();
    return { path: leaf.path.map((key) => (key === "*" ? name : key)), kind: leaf.kind };
  }
  return undefined;
}
