import { fileURLToPath } from "node:url";
import type { V1Pod } from "@kubernetes/client-node";
import { afterEach, describe, expect, it } from "vitest";
import { SINGLE_USE } from "../../../test/support/sandbox-spec.ts";
import { systemClock } from "../../core/clock.ts";
import { rootContext, withScope } from "../../core/context.ts";
import type { KubeApi, PodEvent, Right } from "./api.ts";
import { KubernetesProvider } from "./provider.ts";

const ctx = rootContext();

/** A cluster that keeps what it is given, and never has a node for it. */
class FullCluster {
  readonly pods = new Map<string, V1Pod>();
  readonly secrets = new Set<string>();
  refused: readonly string[] = [];
  #onEvent: (event: PodEvent) => void = () => undefined;

  readonly api = {
    version: async () => "v1.99.0",
    holds: async (_ctx: unknown, { verb, resource }: Right) => !this.refused.includes(`${verb} ${resource}`),
    listPods: async () => ({ pods: Array.from(this.pods.values()), version: "1" }),
    listSecrets: async () => [],
    createSecret: async (_ctx: unknown, { metadata }: V1Pod) => void this.secrets.add(metadata?.name ?? ""),
    deleteSecret: async (_ctx: unknown, name: string) => void this.secrets.delete(name),
    deletePod: async (_ctx: unknown, name: string) => void this.pods.delete(name),
    createPod: async (_ctx: unknown, { metadata }: V1Pod) => {
      const unscheduled = { type: "PodScheduled", status: "False", message: "0/3 nodes: Insufficient memory" };
      const pod: V1Pod = { metadata: metadata ?? {}, status: { phase: "Pending", conditions: [unscheduled] } };
      this.pods.set(metadata?.name ?? "", pod);
      setImmediate(() => this.#onEvent({ type: "ADDED", pod }));
    },
    watchPods: (_selector: string, _version: string, onEvent: (event: PodEvent) => void, signal: AbortSignal) => {
      this.#onEvent = onEvent;
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  } as unknown as KubeApi;
}

let provider: KubernetesProvider | null = null;
afterEach(() => provider?.close());

function open(cluster: FullCluster): KubernetesProvider {
  provider = new KubernetesProvider({
    api: cluster.api,
    security: { userNamespaces: false },
    cpuRequest: 0.5,
    imagesRoot: fileURLToPath(new URL("../../../sandboxes", import.meta.url)),
    owner: { installation: "ins_1", owner: "srv_1" },
    maxAgeMs: 60_000,
    clock: systemClock,
  });
  return provider;
}

describe("sandboxes as pods", () => {
  it("says which rights it lacks", async () => {
    const cluster = new FullCluster();
    expect(await open(cluster).probe(ctx)).toMatchObject({ available: true });
    cluster.refused = ["watch pods", "delete secrets"];
    expect(await open(cluster).probe(ctx)).toMatchObject({
      available: false,
      detail: "Kubernetes v1.99.0 does not let us watch pods, delete secrets",
    });
  });

  it("says that there is no room when its caller's time is over, and leaves nothing", async () => {
    const cluster = new FullCluster();
    const scope = { timeoutMs: 500, waitingFor: "a sandbox", clock: systemClock };
    const making = withScope(ctx, scope, (within) => open(cluster).create(within, SINGLE_USE));
    await expect(making).rejects.toMatchObject({
      code: "sandbox_unavailable",
      retry: "backoff",
      context: { detail: "the cluster has no room: not scheduled: 0/3 nodes: Insufficient memory" },
    });
    expect([cluster.pods.size, cluster.secrets.size]).toEqual([0, 0]);
  });

  it("makes far more than a few at once", async () => {
    const cluster = new FullCluster();
    const opened = open(cluster);
    const scope = { timeoutMs: 1_000, waitingFor: "a sandbox", clock: systemClock };
    const making = Array.from({ length: 40 }, () =>
      withScope(ctx, scope, (within) => opened.create(within, SINGLE_USE)),
    );
    const settled = Promise.allSettled(making);
    await expect.poll(() => cluster.pods.size).toBe(40);
    await settled;
    expect(cluster.pods.size).toBe(0);
  });
});
