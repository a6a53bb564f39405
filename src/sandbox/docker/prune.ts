import { join } from "node:path";
import { imageReference, type ImageSource } from "../images/index.ts";
import { connectEngine, engineError, engineStatus } from "./engine.ts";
import { toolboxVolumes } from "./toolbox.ts";
import { VERSIONS_HELPER } from "./versions.ts";

/** Helpers of `image build` that are older have been left by one that was killed. Seconds. */
const HELPER_SECONDS = 300;
const OURS = /^sandlot\/[a-z0-9-]+:[0-9a-f]{16}/;
const OUR_VOLUME = /^sandlot-toolbox-[0-9a-f]{16}/;

export interface PruneOptions {
  readonly socketPath: string;
  /** The folder `sandboxes/`. */
  readonly imagesRoot: string;
  readonly sources: readonly ImageSource[];
}

/**
 * Removes what no present source stands for: images of earlier sources, volumes of earlier toolboxes, and what a build
 * that was killed has left. What is in use stays. Answers the names of what went.
 */
export async function pruneImages({ socketPath, imagesRoot, sources }: PruneOptions): Promise<string[]> {
  const engine = connectEngine(socketPath);
  const toolbox = await imageReference(join(imagesRoot, "agent"), "toolbox");
  const present = new Set(
    await Promise.all(sources.map(({ folder, manifest }) => imageReference(folder, manifest.name))),
  );
  present.add(toolbox);
  const volumes = new Set(toolboxVolumes(toolbox));
  try {
    const removed: string[] = [];
    const filters = { label: [VERSIONS_HELPER] };
    for (const { Id, Created } of await engine.short.listContainers({ all: true, filters })) {
      if (Date.now() / 1000 - Created < HELPER_SECONDS) continue;
      await engine.short.getContainer(Id).remove({ force: true }).catch(unlessInUse);
      removed.push(Id.slice(0, 12));
    }
    for (const tag of (await engine.short.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])) {
      if (!OURS.test(tag) || present.has(tag)) continue;
      const gone = await engine.short
        .getImage(tag)
        .remove()
        .then(() => true, unlessInUse);
      if (gone) removed.push(tag);
    }
    for (const { Name } of (await engine.short.listVolumes()).Volumes ?? []) {
      if (!OUR_VOLUME.test(Name) || volumes.has(Name)) continue;
      const gone = await engine.short
        .getVolume(Name)
        .remove()
        .then(() => true, unlessInUse);
      if (gone) removed.push(Name);
    }
    return removed;
  } catch (error) {
    throw engineError(error);
  }
}

/** Gone meanwhile, or still used by somebody. */
function unlessInUse(error: unknown): false {
  if (![404, 409].includes(engineStatus(error) ?? 0)) throw error;
  return false;
}
