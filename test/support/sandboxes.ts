import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { rootContext } from "../../src/core/context.ts";
import { newId } from "../../src/core/ids.ts";
import { DockerProvider, prepareImages } from "../../src/sandbox/docker/index.ts";
import type { RunLimits, SandboxMode, SandboxOwner, SandboxProvider, SandboxSpec } from "../../src/sandbox/index.ts";
import { LocalProvider } from "../../src/sandbox/local/index.ts";
import { TcpProvider } from "./tcp-provider.ts";

export const imagesRoot = join(import.meta.dirname, "../../sandboxes");
const socketPath = "/var/run/docker.sock";
const maxAgeMs = 3_600_000;

/** A provider under test and how to let go of it. */
export interface TestProvider {
  readonly provider: SandboxProvider;
  readonly owner: SandboxOwner;
  readonly close: () => void;
  /** What takes time to let go of, after `close`. */
  readonly dispose?: () => Promise<void>;
}

/** The cluster to test with; without one, tests of it are skipped. */
export const KUBECONFIG = process.env["SANDLOT_TEST_KUBECONFIG"];

export type ProviderName = "docker" | "local" | "kubernetes";

/** How agents are reached. */
export type TestTransport = "attach" | "unix" | "tcp";

export const ctx = rootContext();

export interface OpenOptions {
  /** Docker's choice, default `attach`. */
  readonly transport?: TestTransport | undefined;
  /** Of pods. */
  readonly namespace?: string | undefined;
  /** Image to have at hand, and where images come from. Default: `python` of the product's. */
  readonly image?: string;
  readonly imagesRoot?: string | undefined;
}

/** A provider of its own installation, so that tests never see each other's sandboxes. */
export async function openProvider(name: ProviderName, options: OpenOptions = {}): Promise<TestProvider> {
  const owner = { installation: newId("installation"), owner: newId("server") };
  const { transport, image = "python" } = options;
  const common = { imagesRoot, owner, maxAgeMs, clock: systemClock, ...pick(options) };
  if (name === "kubernetes") return openKubernetes({ ...common, namespace: options.namespace ?? "sandlot" });
  if (name === "local") {
    const provider = new LocalProvider({ ...common, bubblewraps: ["bwrap"], pythons: ["/usr/bin/python3"] });
    return { provider, owner, close: () => undefined };
  }
  const images = await prepareImages(ctx, { socketPath, imagesRoot: common.imagesRoot, images: [image] });
  if (transport === "tcp") {
    const provider = new TcpProvider({ ...common, socketPath, toolbox: images[0] ?? "", image: images[1] ?? "" });
    return { provider, owner, close: () => undefined, dispose: () => provider.removeNetwork() };
  }
  const folder = transport === "unix" ? mkdtempSync(join(tmpdir(), "sandlot-sockets-")) : undefined;
  const sockets = folder === undefined ? undefined : { folder, always: true };
  const provider = new DockerProvider({ ...common, socketPath, sockets });
  const close = () => {
    provider.close();
    if (folder) rmSync(folder, { recursive: true });
  };
  return { provider, owner, close };
}

const pick = ({ imagesRoot: root }: OpenOptions) => (root === undefined ? {} : { imagesRoot: root });

/** A cluster whose nodes have the images. */
async function openKubernetes(options: {
  readonly namespace: string;
  readonly imagesRoot: string;
  readonly owner: SandboxOwner;
  readonly maxAgeMs: number;
  readonly clock: Clock;
}): Promise<TestProvider> {
  const { connectCluster, KubernetesProvider } = await import("../../src/sandbox/kubernetes/index.ts");
  const { namespace, ...common } = options;
  const api = connectCluster({ kubeconfig: KUBECONFIG, namespace });
  const provider = new KubernetesProvider({ ...common, api, security: { userNamespaces: false }, cpuRequest: 0.1 });
  return { provider, owner: common.owner, close: () => provider.close() };
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
