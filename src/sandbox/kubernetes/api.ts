import type { V1ObjectMeta, V1Pod, V1Secret } from "@kubernetes/client-node";
import type { CallContext } from "../../core/context.ts";

/** What is asked of a cluster, all in one namespace. Throws what `clusterError` understands. */
export interface KubeApi {
  /** The API server's version. */
  version(ctx: CallContext): Promise<string>;
  createPod(ctx: CallContext, pod: V1Pod): Promise<void>;
  /** Whether the cluster lets us. */
  holds(ctx: CallContext, right: Right): Promise<boolean>;
  /** Null when there is none. */
  readPod(ctx: CallContext, name: string): Promise<V1Pod | null>;
  /** One that is gone already is no error. */
  deletePod(ctx: CallContext, name: string): Promise<void>;
  listPods(ctx: CallContext, selector: string): Promise<PodList>;
  createSecret(ctx: CallContext, secret: V1Secret): Promise<void>;
  /** One that is gone already is no error. */
  deleteSecret(ctx: CallContext, name: string): Promise<void>;
  listSecrets(ctx: CallContext, selector: string): Promise<readonly V1ObjectMeta[]>;
  /** What happens to pods after `version`, until the server or the signal ends it. Throws when that was no orderly end. */
  watchPods(selector: string, version: string, onEvent: (event: PodEvent) => void, signal: AbortSignal): Promise<void>;
}

export interface Right {
  readonly verb: string;
  readonly resource: "pods" | "secrets";
}

export interface PodList {
  readonly pods: readonly V1Pod[];
  readonly version: string;
}

export interface PodEvent {
  /** `BOOKMARK` only says that the server is still there. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly pod: V1Pod;
}
