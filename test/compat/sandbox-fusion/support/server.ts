import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { sandboxFusion } from "../../../../src/compat/sandbox-fusion/index.ts";
import { dialectLanguages } from "../../../../src/compat/sandbox-fusion/languages.ts";
import { systemClock } from "../../../../src/core/clock.ts";
import { rootContext } from "../../../../src/core/context.ts";
import { newId } from "../../../../src/core/ids.ts";
import { silentLogger } from "../../../../src/core/logger.ts";
import { ExecutionEngine, resourceClasses } from "../../../../src/execution/index.ts";
import { DockerProvider, imageStates, prepareImages } from "../../../../src/sandbox/docker/index.ts";
import { catalogueOf } from "../../../../src/sandbox/images/catalogue.ts";
import { type ImageSource, readImageSources } from "../../../../src/sandbox/images/source.ts";
import { DEFAULT_POOL_LIMITS, SandboxPools } from "../../../../src/sandbox/index.ts";
import { type AppOptions, createApp } from "../../../../src/server/create-app.ts";
import { startServer } from "../../../../src/server/start-server.ts";
import { memoryJobs } from "../../../server/support/memory-jobs.ts";

const SOCKET = "/var/run/docker.sock";
const IMAGES_ROOT = join(import.meta.dirname, "../../../../sandboxes");

export interface DialectServer {
  readonly url: string;
  readonly port: number;
  /** The dialect's names of what can be run, and of what could be if all images were built. */
  readonly languages: ReadonlySet<string>;
  readonly notBuilt: ReadonlySet<string>;
  /** Names of the images that are built. */
  readonly images: ReadonlySet<string>;
  close(): Promise<void>;
}

export interface DialectServerOptions {
  /** Programs at once. Default 4. */
  readonly atOnce?: number;
  /** Requests that may wait. Default 1000. */
  readonly maxWaiting?: number;
  readonly app?: Partial<AppOptions>;
}

/** A server on real Docker sandboxes with this dialect, without a database: nothing here needs jobs. */
export async function openDialectServer(options: DialectServerOptions = {}): Promise<DialectServer> {
  const ctx = rootContext();
  const owner = { installation: newId("installation"), owner: newId("server") };
  const clock = systemClock;
  await prepareImages(ctx, { socketPath: SOCKET, imagesRoot: IMAGES_ROOT, images: ["python"] });
  const sources = await readImageSources(IMAGES_ROOT);
  const built = await builtOf(sources);
  const provider = new DockerProvider({
    socketPath: SOCKET,
    imagesRoot: IMAGES_ROOT,
    owner,
    maxAgeMs: 3_600_000,
    clock,
  });
  const pools = new SandboxPools({ provider, limits: DEFAULT_POOL_LIMITS, clock, logger: silentLogger });
  const atOnce = options.atOnce ?? 4;
  const sandboxes = {
    classes: resourceClasses(atOnce, totalmem()),
    slots: atOnce,
    cpus: availableParallelism(),
    mode: "auto",
    runtime: "default",
  } as const;
  const catalogue = catalogueOf(built);
  const execution = new ExecutionEngine({
    catalogue: async () => catalogue,
    pools,
    sandboxes,
    runs: { atOnce: () => atOnce, maxWaiting: options.maxWaiting ?? 1000 },
    sessions: { atOnce: 8, perTenant: 8, maxWaiting: 100, maxLifetimeMs: 3_600_000, sandboxes },
    clock,
  });
  const app = createApp({
    jobs: memoryJobs(),
    execution,
    pools: null,
    verification: null,
    fleets: null,
    gateway: null,
    groups: null,
    rescores: null,
    readings: null,
    submissions: null,
    removal: null,
    environments: async () => [],
    taskIds: async () => [],
    models: () => [],
    ready: async () => ({}),
    version: "0.0.0-test",
    auth: { keys: [] },
    hosts: ["127.0.0.1"],
    logger: silentLogger,
    surfaces: [sandboxFusion],
    ...options.app,
  });
  const server = await startServer({ app, host: "127.0.0.1", port: 0 });
  const languages = new Set(dialectNames(built));
  await warm(server.url);
  return {
    url: server.url,
    port: server.port,
    languages,
    images: new Set(built.map(({ manifest }) => manifest.name)),
    notBuilt: new Set(dialectNames(sources).filter((name) => !languages.has(name))),
    async close() {
      await server.close(1000);
      await execution.close();
      await pools.close();
      provider.close();
    },
  };
}

/** Waits until there are sandboxes: those who come before are asked to come again. */
async function warm(url: string): Promise<void> {
  const body = JSON.stringify({ code: "", language: "python" });
  const headers = { "content-type": "application/json" };
  for (let status = 504; status === 504;)
    status = (await fetch(`${url}/run_code`, { method: "POST", body, headers })).status;
}

/** Those of the images that the engine has in their present form: building all of them takes minutes. */
async function builtOf(sources: readonly ImageSource[]): Promise<ImageSource[]> {
  const states = await imageStates(SOCKET, sources);
  return sources.filter((_, i) => states[i]?.built);
}

function dialectNames(sources: readonly ImageSource[]): string[] {
  const views = sources.flatMap(({ manifest }) =>
    Object.keys(manifest.languages).map((name) => ({
      name,
      aliases: [],
      images: [],
      compiled: false,
      sessions: null,
    })),
  );
  return [...dialectLanguages(views).keys()];
}
