import {
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
  VersionApi,
  type V1Pod,
  Watch,
} from "@kubernetes/client-node";
import { type CallContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { KubeApi, PodEvent } from "./api.ts";
import { orNull } from "./errors.ts";

/** Longest call that is no watch. */
const CALL_MS = 30_000;
/** The server ends a watch after this long, and we look at everything afresh. */
const WATCH_SECONDS = 240;
/** Agents end by themselves; this is for those that do not. */
const GRACE_SECONDS = 1;

export interface ClusterOptions {
  /** Default: what kubectl would take, and inside a cluster its own. */
  readonly kubeconfig?: string | undefined;
  /** Default: the kubeconfig's current one. */
  readonly context?: string | undefined;
  readonly namespace: string;
}

/** A cluster by way of the official client library, which knows kubeconfigs and how to authenticate. */
export function connectCluster({ kubeconfig, context, namespace }: ClusterOptions): KubeApi {
  const config = new KubeConfig();
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromDefault();
  if (context) config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  if (!server) {
    throw new SandlotError("provider_unavailable", { provider: "kubernetes", detail: "no cluster is configured" });
  }

  /** The library's clients take no signal but through a middleware, which belongs to a client. */
  function call<T>(ctx: CallContext, work: (core: CoreV1Api, version: VersionApi) => Promise<T>): Promise<T> {
    return withScope(ctx, { timeoutMs: CALL_MS, waitingFor: "the Kubernetes API server" }, async ({ signal }) => {
      const settings = createConfiguration({
        baseServer: new ServerConfiguration(server ?? "", {}),
        authMethods: { default: config },
        promiseMiddleware: [
          {
            pre: async (request) => {
              request.setSignal(signal);
              return request;
            },
            post: async (response) => response,
          },
        ],
      });
      try {
        return await work(new CoreV1Api(settings), new VersionApi(settings));
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      }
    });
  }

  return {
    version: (ctx) => call(ctx, async (_core, version) => (await version.getCode()).gitVersion),
    createPod: (ctx, pod) => call(ctx, async (core) => void (await core.createNamespacedPod({ namespace, body: pod }))),
    readPod: (ctx, name) => call(ctx, (core) => orNull(core.readNamespacedPod({ namespace, name }))),
    deletePod: (ctx, name) =>
      call(ctx, async (core) => {
        await orNull(core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: GRACE_SECONDS }));
      }),
    listPods: (ctx, labelSelector) =>
      call(ctx, async (core) => {
        const { items, metadata } = await core.listNamespacedPod({ namespace, labelSelector });
        return { pods: items, version: metadata?.resourceVersion ?? "" };
      }),
    createSecret: (ctx, secret) =>
      call(ctx, async (core) => void (await core.createNamespacedSecret({ namespace, body: secret }))),
    deleteSecret: (ctx, name) =>
      call(ctx, async (core) => void (await orNull(core.deleteNamespacedSecret({ namespace, name })))),
    listSecrets: (ctx, labelSelector) =>
      call(ctx, async (core) => {
        const { items } = await core.listNamespacedSecret({ namespace, labelSelector });
        return items.map(({ metadata }) => metadata ?? {});
      }),
    watchPods: (selector, version, onEvent, signal) =>
      watch(new Watch(config), { namespace, selector, version, onEvent, signal }),
  };
}

interface WatchOptions {
  readonly namespace: string;
  readonly selector: string;
  readonly version: string;
  readonly onEvent: (event: PodEvent) => void;
  readonly signal: AbortSignal;
}

function watch(watcher: Watch, { namespace, selector, version, onEvent, signal }: WatchOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const query = {
      labelSelector: selector,
      resourceVersion: version,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    };
    const onLine = (type: string, pod: V1Pod) => {
      // The server's word that `version` is too old, or of its own trouble: the list that follows mends both.
      if (type === "ERROR") resolve();
      else onEvent({ type: type as PodEvent["type"], pod });
    };
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    watcher
      .watch(path, query, onLine, (error: unknown) => (error && !signal.aborted ? reject(error as Error) : resolve()))
      .then((controller) => {
        if (signal.aborted) controller.abort();
        else signal.addEventListener("abort", () => controller.abort(), { once: true });
      }, reject);
  });
}
