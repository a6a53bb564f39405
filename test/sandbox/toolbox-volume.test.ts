import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { newId } from "../../src/core/ids.ts";
import { connectEngine } from "../../src/sandbox/docker/engine.ts";
import { prepareImages } from "../../src/sandbox/docker/index.ts";
import { ensureToolboxVolume } from "../../src/sandbox/docker/toolbox.ts";
import { ctx, imagesRoot } from "../support/sandboxes.ts";

const socketPath = "/var/run/docker.sock";
const engine = new Docker({ socketPath });
const owner = { owner: { installation: newId("installation"), owner: newId("server") }, clock: systemClock };
const LAST = "/sandlot/agent/zygote.py";
let image = "";
const ensure = () => ensureToolboxVolume(connectEngine(socketPath), image, owner);

/** A container that mounts the volume as sandboxes do: it is not filled from their image. */
async function lookInto<T>(volume: string, look: (container: Docker.Container) => Promise<T>): Promise<T> {
  const container = await engine.createContainer({
    Image: image,
    HostConfig: {
      Mounts: [
        {
          Type: "volume",
          Source: volume,
          Target: "/sandlot",
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: "local", Options: {} } },
        },
      ],
    },
  });
  try {
    return await look(container);
  } finally {
    await container.remove({ force: true });
  }
}

const isComplete = (volume: string) => has(volume, LAST);
const has = (volume: string, path: string) =>
  lookInto(volume, (container) =>
    container.infoArchive({ path }).then(
      () => true,
      () => false,
    ),
  );

beforeEach(async () => {
  const [toolbox = ""] = await prepareImages(ctx, { socketPath, imagesRoot, images: [] });
  image = `toolbox-under-test:${randomBytes(4).toString("hex")}`;
  const [repo = "", tag = ""] = image.split(":");
  await engine.getImage(toolbox).tag({ repo, tag });
});
afterEach(async () => {
  const name = image.replace(/[/:]/g, "-");
  for (const volume of [name, `${name}-complete`]) await engine.getVolume(volume).remove();
  await engine.getImage(image).remove({ noprune: true });
});

describe("the toolbox's volume", () => {
  it("is filled once, whoever asks at the same time, and leaves no container", async () => {
    const names = await Promise.all([ensure(), ensure(), ensure()]);
    expect(new Set(names).size).toBe(1);
    expect(await isComplete(names[0] ?? "")).toBe(true);
    expect(await engine.listContainers({ all: true, filters: { ancestor: [image] } })).toEqual([]);
  });

  it("is filled again when somebody has removed it and a sandbox has made an empty one", async () => {
    const name = await ensure();
    await engine.getVolume(name).remove();
    expect(await isComplete(name)).toBe(false);
    await ensure();
    expect(await isComplete(name)).toBe(true);
  });

  it("is made anew when the one who filled it never came to the end", async () => {
    const name = image.replace(/[/:]/g, "-");
    const part = pack();
    part.entry({ name: "half.py" }, "half");
    part.finalize();
    await lookInto(name, (container) => container.putArchive(part as unknown as Readable, { path: "/sandlot" }));
    expect(await has(name, "/sandlot/half.py")).toBe(true);
    await ensure();
    expect(await isComplete(name)).toBe(true);
    expect(await has(name, "/sandlot/half.py")).toBe(false);
  });
});
