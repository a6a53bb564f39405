import { join } from "node:path";
import { imageReference, type ImageSource } from "../images/index.ts";
import { connectEngine, engineError, removedOrInUse } from "./engine.ts";
import { completeVolume, toolboxVolume } from "./toolbox.ts";
import { VERSIONS_HELPER } from "./versions.ts";

/** What a build needs in passing and is older has been left by one that was killed. Seconds. */
const BUILD_SECONDS = 3600;
const OUR_IMAGE = /^sandlot\/[a-z0-9-]+:[0-9a-f]{16}$/;
const BEING_BUILT = /^sandlot\/[a-z0-9-]+:[0-9a-f]{16}-[0-9a-f]{8}$/;
const OUR_VOLUME = /^sandlot-toolbox-[0-9a-f]{16}$/;

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
  const volume = toolboxVolume(toolbox);
  const removed: string[] = [];
  const remove = async (name: string, removal: Promise<unknown>) => {
    const isRemoved = (await removedOrInUse(removal)) === "removed";
    if (isRemoved) removed.push(name);
    return isRemoved;
  };
  try {
    const now = Date.now() / 1000;
    const filters = { label: [VERSIONS_HELPER] };
    for (const { Id, Created } of await engine.short.listContainers({ all: true, filters })) {
      if (now - Created > BUILD_SECONDS)
        await remove(Id.slice(0, 12), engine.short.getContainer(Id).remove({ force: true }));
    }
    for (const { RepoTags, Created } of await engine.short.listImages()) {
      for (const tag of RepoTags ?? []) {
        const isOld = OUR_IMAGE.test(tag) || (BEING_BUILT.test(tag) && now - Created > BUILD_SECONDS);
        if (isOld && !present.has(tag)) await remove(tag, engine.short.getImage(tag).remove());
      }
    }
    for (const { Name } of (await engine.short.listVolumes()).Volumes ?? []) {
      if (!OUR_VOLUME.test(Name) || Name === volume) continue;
      if (!(await remove(Name, engine.short.getVolume(Name).remove()))) continue;
      // Without the first, the second says nothing; as long as that is in use, it must go on saying it.
      await removedOrInUse(engine.short.getVolume(completeVolume(Name)).remove());
    }
    return removed;
  } catch (error) {
    throw engineError(error);
  }
}
