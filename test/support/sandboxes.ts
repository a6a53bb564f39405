import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { rootContext } from "../../src/core/context.ts";
import { newId } from "../../src/core/ids.ts";
import { DockerProvider, prepareImages } from "../../src/sandbox/docker/index.ts";
import type { RunLimits, SandboxMode, SandboxOwner, SandboxProvider, SandboxSpec } from "../../src/sandbox/index.ts";
import { LocalProvider } from "../../src/sandbox/local/index.ts";

const imagesRoot = join(import.meta.dirname, "../../sandboxes");
const socketPath = "/var/run/docker.sock";
const maxAgeMs = 3_600_000;

/** A provider under test and how to let go of it. */
export interface TestProvider {
  readonly provider: SandboxProvider;
  readonly owner: SandboxOwner;
  readonly close: () => void;
}

export const ctx = rootContext();

/** A provider of its own installation, so that tests never see each other's sandboxes. `root`: where its images lie. */
export async function openProvider(name: "docker" | "local", root: string = imagesRoot): Promise<TestProvider> {
  const owner = { installation: newId("installation"), owner: newId("server") };
  if (name === "local") {
    const options = {
      bubblewraps: ["bwrap"],
      pythons: ["/usr/bin/python3"],
      imagesRoot: root,
      owner,
      maxAgeMs,
      clock: systemClock,
    };
    return { provider: new LocalProvider(options), owner, close: () => undefined };
  }
  await prepareImages(ctx, { socketPath, imagesRoot: root, images: ["python"] });
  const provider = new DockerProvider({ socketPath, imagesRoot: root, owner, maxAgeMs, clock: systemClock });
  return { provider, owner, close: () => provider.close() };
}

/** A second server of the same installation, on the same engine. */
export function openNeighbour(owner: SandboxOwner): { provider: DockerProvider; owner: SandboxOwner } {
  const neighbour = { ...owner, owner: newId("server") };
  const provider = new DockerProvider({ socketPath, imagesRoot, owner: neighbour, maxAgeMs, clock: systemClock });
  return { provider, owner: neighbour };
}

export const LIMITS: RunLimits = {
  wallMs: 10_000,
  cpuMs: 5_000,
  memoryBytes: 128 << 20,
  outputBytes: 4 << 20,
  processes: 32,
  diskBytes: 8 << 20,
  openFiles: 64,
};

export function specOf(mode: SandboxMode | "auto" = "auto"): SandboxSpec {
  return {
    tenant: "default",
    resource: "test",
    image: "python",
    cpus: 2,
    slots: 4,
    memoryBytes: 128 << 20,
    scratchBytes: 16 << 20,
    processes: 32,
    network: "none",
    runtime: "default",
    mode,
  };
}

/** The whole of a captured stream as text. */
export function text(output: { readonly head: Uint8Array; readonly tail: Uint8Array }): string {
  return Buffer.concat([output.head, output.tail]).toString("utf8");
}
