import { newId } from "../../core/ids.ts";
import { helperLabels } from "../labels.ts";
import type { SandboxOwner } from "../port.ts";
import { type Engine, ignoreGone } from "./engine.ts";

/** A filler that is still there after so long was left by a server that was killed. */
const FILLER_MS = 60_000;

/**
 * The volume that carries the toolbox into every sandbox, read-only. The engine fills a new volume from the image at
 * its mount point when a container is made, so making one and removing it is enough; nothing has to run, and nothing
 * of the host's file system is needed. The container is labelled as a sandbox is, so that the reaper finds what a
 * killed server leaves.
 */
export async function ensureToolboxVolume(
  engine: Engine,
  image: string,
  { owner, now }: { readonly owner: SandboxOwner; readonly now: number },
): Promise<string> {
  const name = image.replace(/[/:]/g, "-");
  const known = await engine.short.listVolumes({ filters: { name: [name] } });
  if (known.Volumes?.some((volume) => volume.Name === name)) return name;
  const filler = await engine.short.createContainer({
    name: newId("sandbox"),
    Image: image,
    Labels: helperLabels(owner, now + FILLER_MS),
    HostConfig: { NetworkMode: "none", Mounts: [{ Type: "volume", Source: name, Target: "/sandlot" }] },
  });
  await ignoreGone(filler.remove({ force: true }));
  return name;
}
