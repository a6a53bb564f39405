import { join } from "node:path";
import { imageStates } from "../../../src/sandbox/docker/index.ts";
import { readCatalogue } from "../../../src/sandbox/index.ts";

/** Names of the sandbox images that the engine has. */
export async function builtImages(): Promise<ReadonlySet<string>> {
  const { images } = await readCatalogue(join(import.meta.dirname, "../../../sandboxes"));
  const states = await imageStates("/var/run/docker.sock", images);
  return new Set(states.filter(({ built }) => built !== null).map(({ source }) => source.manifest.name));
}
