import type { CliServices, ReplayAnswer, StartOptions } from "../cli/services.ts";
import { systemClock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { newId } from "../core/ids.ts";
import { nearestName } from "../core/nearest.ts";
import { checkEnvironment, readRecordings } from "../resources/check/index.ts";
import { SandboxPools } from "../sandbox/index.ts";
import { environmentViews } from "./catalogue.ts";
import { composeEnvironments } from "./environments.ts";
import { IMAGES_ROOT } from "./paths.ts";
import {
  chooseProvider,
  DEFAULT_DOCKER_SOCKET,
  IMAGES,
  localBubblewraps,
  localPythons,
  poolLimits,
} from "./sandboxes.ts";

/** What the commands need, wired. Heavy parts are imported by the service that needs them. */
export const cliServices: CliServices = {
  async startServer(options) {
    const { startServer } = await import("./server.ts");
    return startServer(options);
  },

  async checkEnvironment({ name, onChecked, ...options }) {
    const { config, logger } = options;
    const ctx = rootContext({ logger });
    const sandboxes = await startPools(options);
    try {
      const environments = composeEnvironments({ config, pools: sandboxes.pools, clock: systemClock });
      const environment = await environments.get(name);
      const parallel = 2 * config.sandbox.slots_per_sandbox;
      const report = await checkEnvironment(ctx, environment, { parallel, onChecked });
      return { ...report, provider: sandboxes.provider };
    } finally {
      await sandboxes.close();
    }
  },

  listEnvironments(config) {
    return environmentViews(rootContext(), composeEnvironments({ config, pools: null, clock: systemClock }));
  },

  async probeProviders(config) {
    const owner = { installation: newId("installation"), owner: newId("server") };
    const shared = { imagesRoot: IMAGES_ROOT, owner, maxAgeMs: 0, clock: systemClock };
    const [{ DockerProvider }, { LocalProvider }] = await Promise.all([
      import("../sandbox/docker/index.ts"),
      import("../sandbox/local/index.ts"),
    ]);
    const socketPath = config.sandbox.docker.socket ?? DEFAULT_DOCKER_SOCKET;
    const docker = new DockerProvider({ ...shared, socketPath });
    const local = new LocalProvider({
      ...shared,
      bubblewraps: localBubblewraps(config),
      pythons: localPythons(config),
    });
    const [dockerReport, localReport] = await Promise.all([docker.probe(), local.probe()]);
    return { docker: dockerReport, local: localReport };
  },

  async buildImages(config, onStep) {
    const { prepareImages } = await import("../sandbox/docker/index.ts");
    const socketPath = config.sandbox.docker.socket ?? DEFAULT_DOCKER_SOCKET;
    return prepareImages(rootContext(), { socketPath, imagesRoot: IMAGES_ROOT, images: IMAGES, onStep });
  },

  async startReplay(config, name, answer) {
    const { startReplayModel } = await import("../models/index.ts");
    const environment = await composeEnvironments({ config, pools: null, clock: systemClock }).get(name);
    const recorded = await readRecordings(rootContext(), environment);
    const recordings = answer ? [withAnswer(recorded, answer)] : recorded;
    const model = "replay";
    const server = await startReplayModel({ recordings, model });
    const tasks = new Map(recordings.map(({ task, answers }) => [task, answers.length]));
    return { url: server.url, model, tasks, stop: () => server.stop() };
  },
};

function withAnswer(recorded: Awaited<ReturnType<typeof readRecordings>>, { task, text }: ReplayAnswer) {
  const recording = recorded.find((known) => known.task === task);
  if (recording) return { ...recording, answers: [text] };
  const nearest = nearestName(
    task,
    recorded.map((known) => known.task),
  );
  throw new SandlotError("unknown_task", { name: task, ...(nearest ? { nearest } : {}) });
}

/** Pools without database or server, for commands that only verify. */
async function startPools({ config, logger, onStep }: StartOptions) {
  const owner = { installation: newId("installation"), owner: newId("server") };
  const chosen = await chooseProvider({ config, owner, clock: systemClock, logger, ...(onStep ? { onStep } : {}) });
  const pools = new SandboxPools({ provider: chosen.provider, limits: poolLimits(config), clock: systemClock, logger });
  return {
    pools,
    provider: chosen.provider.name,
    close: async () => {
      await pools.close();
      chosen.close();
    },
  };
}
