import { type Engine, ignoreGone } from "./engine.ts";

/**
 * The volume that carries the toolbox into every sandbox, read-only. The engine fills a new volume from the image at
 * its mount point when a container is made, so making one and removing it is enough; nothing has to run, and nothing
 * of the host's file system is needed.
 */
export async function ensureToolboxVolume(engine: Engine, image: string): Promise<string> {
  const name = image.replace(/[/:]/g, "-");
  const known = await engine.short.listVolumes({ filters: { name: [name] } });
  if (known.Volumes?.some((volume) => volume.Name === name)) return name;
  const filler = await engine.short.createContainer({
    Image: image,
    HostConfig: { NetworkMode: "none", Mounts: [{ Type: "volume", Source: name, Target: "/sandlot" }] },
  });
  await ignoreGone(filler.remove({ force: true }));
  return name;
}
