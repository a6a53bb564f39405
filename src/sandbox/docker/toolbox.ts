import { setTimeout as sleep } from "node:timers/promises";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Clock } from "../../core/clock.ts";
import { helperLabels } from "../labels.ts";
import type { SandboxOwner } from "../port.ts";
import { type Engine, engineStatus, removeContainer, removedOrInUse } from "./engine.ts";

/** Filling takes less than a second: after so long whoever was at it is gone. Milliseconds. */
const FILLING_MS = 20_000;
const LOOK_MS = 100;

export interface ToolboxOwner {
  readonly owner: SandboxOwner;
  readonly clock: Clock;
}

/**
 * The volume that carries the toolbox into every sandbox, read-only; answers its name. The engine fills a volume that is
 * missing or empty from the image at its mount point when a container is made, so making one and removing it is enough;
 * nothing has to run, and nothing of the host's file system is needed. The container's name is the lock, and a second
 * volume says that the first is complete: an engine may be killed while it copies. The container is labelled as a sandbox
 * is, so that the reaper finds what a killed server leaves.
 */
export async function ensureToolboxVolume(engine: Engine, image: string, owner: ToolboxOwner): Promise<string> {
  const name = toolboxVolume(image);
  const complete = completeVolume(name);
  const deadline = Date.now() + FILLING_MS;
  for (; Date.now() < deadline + FILLING_MS; await sleep(LOOK_MS)) {
    const existed = await hasVolume(engine, name);
    const filler = await takeLock(engine, image, name, owner);
    if (!filler) {
      if (Date.now() > deadline) await removeContainer(engine.short.getContainer(lockOf(name)));
      continue;
    }
    try {
      if (!existed || (await hasVolume(engine, complete))) {
        await engine.short.createVolume({ Name: complete });
        return name;
      }
    } finally {
      await removeContainer(filler);
    }
    // Somebody began to fill it and never ended; unless sandboxes live from it already.
    const removal = removedOrInUse(engine.short.getVolume(name).remove());
    if ((await removal) === "in_use") await engine.short.createVolume({ Name: complete });
  }
  throw new SandlotError("sandbox_create_failed", { detail: `the volume ${name} is not complete, and in use` });
}

/** Name of the volume that sandboxes mount. */
export const toolboxVolume = (image: string) => image.replace(/[/:]/g, "-");
/** Name of the volume that says that the first is complete. */
export const completeVolume = (volume: string) => `${volume}-complete`;

const lockOf = (name: string) => `${name}-filler`;

/** The container that fills the volume, once the engine has; null while another has its name. */
async function takeLock(engine: Engine, image: string, volume: string, { owner, clock }: ToolboxOwner) {
  try {
    return await engine.short.createContainer({
      name: lockOf(volume),
      Image: image,
      Labels: helperLabels(owner, clock.now() + 2 * FILLING_MS),
      HostConfig: { NetworkMode: "none", Mounts: [{ Type: "volume", Source: volume, Target: "/sandlot" }] },
    });
  } catch (error) {
    if (engineStatus(error) === 409) return null;
    throw error;
  }
}

async function hasVolume(engine: Engine, name: string): Promise<boolean> {
  const { Volumes } = await engine.short.listVolumes({ filters: { name: [name] } });
  return Volumes?.some((volume) => volume.Name === name) ?? false;
}
