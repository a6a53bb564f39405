import {
  AuthorizationV1Api,
  type Configuration,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
  VersionApi,
} from "@kubernetes/client-node";
import { type CallContext, orAborted, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { KubeApi } from "./api.ts";
import { orNull } from "./errors.ts";
import { watchEvents } from "./watch-events.ts";

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

interface Apis {
  readonly core: CoreV1Api;
  readonly version: VersionApi;
  readonly authorization: AuthorizationV1Api;
}

const apisOf = (settings: Configuration): Apis => ({
  core: new CoreV1Api(settings),
  version: new VersionApi(settings),
  authorization: new AuthorizationV1Api(settings),
});

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
  function call<T>(ctx: CallContext, work: (apis: Apis) => Promise<T>): Promise<T> {
    return withScope(ctx, { timeoutMs: CALL_MS, waitingFor: "the Kubernetes API server" }, async (within) => {
      const { signal } = within;
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
        // What a kubeconfig runs to authenticate hears no signal.
        return await orAborted(within, work(apisOf(settings)));
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      }
    });
  }

  return {
    version: (ctx) => call(ctx, async ({ version }) => (await version.getCode()).gitVersion),
    holds: (ctx, right) =>
      call(ctx, async ({ authorization }) => {
        const spec = { resourceAttributes: { namespace, ...right } };
        const { status } = await authorization.createSelfSubjectAccessReview({ body: { spec } });
        return status?.allowed === true;
      }),
    createPod: (ctx, pod) =>
      call(ctx, async ({ core }) => void (await core.createNamespacedPod({ namespace, body: pod }))),
    readPod: (ctx, name) => call(ctx, ({ core }) => orNull(core.readNamespacedPod({ namespace, name }))),
    deletePod: (ctx, name) =>
      call(ctx, async ({ core }) => {
        await orNull(core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: GRACE_SECONDS }));
      }),
    listPods: (ctx, labelSelector) =>
      call(ctx, async ({ core }) => {
        const { items, metadata } = await core.listNamespacedPod({ namespace, labelSelector });
        return { pods: items, version: metadata?.resourceVersion ?? "" };
      }),
    createSecret: (ctx, secret) =>
      call(ctx, async ({ core }) => void (await core.createNamespacedSecret({ namespace, body: secret }))),
    deleteSecret: (ctx, name) =>
      call(ctx, async ({ core }) => void (await orNull(core.deleteNamespacedSecret({ namespace, name })))),
    listSecrets: (ctx, labelSelector) =>
      call(ctx, async ({ core }) => {
        const { items } = await core.listNamespacedSecret({ namespace, labelSelector });
        return items.map(({ metadata }) => metadata ?? {});
      }),
    watchPods: async (selector, version, onEvent, signal) => {
      const url = new URL(`${server.replace(/\/$/, "")}/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`);
      url.search = new URLSearchParams({
        watch: "true",
        labelSelector: selector,
        resourceVersion: version,
        allowWatchBookmarks: "true",
        timeoutSeconds: String(WATCH_SECONDS),
      }).toString();
      await watchEvents(config, url, onEvent, signal);
    },
  };
}
