import type { CliServices, ReplayAnswer, StartOptions } from "../cli/services.ts";
import { systemClock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import { unknownTask } from "../core/errors/unknown-task.ts";
import { newId } from "../core/ids.ts";
import type { FixtureKind, Recording } from "../resources/check/index.ts";
import { IMAGES_ROOT } from "./paths.ts";

/** Verifications of each reference by `env check`. */
const DEFAULT_REPEATS = 10;

/** What the commands need, wired. Each service imports what it takes when it is called: most commands need little. */
export const cliServices: CliServices = {
  async startServer(options) {
    const { startServer } = await import("./server.ts");
    return startServer(options);
  },

  async startWorker(options) {
    const { startWorker } = await import("./worker.ts");
    return startWorker(options);
  },

  async startSandboxServer(options) {
    const { startSandboxServer } = await import("./sandbox-server.ts");
    return startSandboxServer(options);
  },

  async checkEnvironment({ name, tasks, onChecked, parallel, repeats, ...options }) {
    const [{ composeEnvironments, sandboxServices }, { Verifier }, { checkEnvironment, ProgramLog }] =
      await Promise.all([
        import("./environments.ts"),
        import("../verification/index.ts"),
        import("../resources/check/index.ts"),
      ]);
    const { config, logger } = options;
    const sandboxes = await startExecution(options);
    try {
      const { execution } = sandboxes;
      const programs = new ProgramLog(new Verifier({ execution, clock: systemClock }));
      const services = sandboxServices(config, execution, systemClock, programs);
      const environment = await composeEnvironments(config, services).get(name);
      const report = await checkEnvironment(rootContext({ logger }), environment, {
        tasks,
        parallel: parallel ?? 2 * config.sandbox.slots_per_sandbox,
        repeats: repeats ?? DEFAULT_REPEATS,
        programs,
        clock: systemClock,
        onChecked,
      });
      return { ...report, provider: sandboxes.provider };
    } finally {
      await sandboxes.close();
    }
  },

  async listEnvironments(config) {
    const [{ composeEnvironments }, { environmentViews }] = await Promise.all([
      import("./environments.ts"),
      import("./catalogue.ts"),
    ]);
    return environmentViews(rootContext(), composeEnvironments(config, null));
  },

  async probeProviders(config) {
    const [{ DockerProvider }, { LocalProvider }, places] = await Promise.all([
      import("../sandbox/docker/index.ts"),
      import("../sandbox/local/index.ts"),
      import("./sandboxes.ts"),
    ]);
    const owner = { installation: newId("installation"), owner: newId("server") };
    const shared = { imagesRoot: IMAGES_ROOT, owner, maxAgeMs: 0, clock: systemClock };
    const docker = new DockerProvider({ ...shared, socketPath: places.dockerSocket(config) });
    const local = new LocalProvider({
      ...shared,
      bubblewraps: places.localBubblewraps(config),
      pythons: places.localPythons(config),
    });
    const [dockerReport, localReport] = await Promise.all([docker.probe(), local.probe()]);
    return { docker: dockerReport, local: localReport };
  },

  async buildImages(config, build, onStep) {
    const { buildImages } = await import("./images.ts");
    return buildImages(config, build, onStep);
  },

  async pruneImages(config) {
    const { removeOldImages } = await import("./images.ts");
    return removeOldImages(config);
  },

  async listImages(config) {
    const { listImages } = await import("./images.ts");
    return listImages(config);
  },

  async checkImages(options) {
    const { checkImages } = await import("./images.ts");
    return checkImages(options);
  },

  async startReplay(config, name, answer) {
    const [{ startReplayModel }, { composeEnvironments }, { readRecordings }] = await Promise.all([
      import("../models/index.ts"),
      import("./environments.ts"),
      import("../resources/check/index.ts"),
    ]);
    const environment = await composeEnvironments(config, null).get(name);
    const recorded = await readRecordings(rootContext(), environment);
    const kinds = new Map(recorded.flatMap(({ answers }) => answers.map(({ text, kind }) => [text, kind] as const)));
    const played = answer ? [withAnswer(recorded, answer)] : recorded.map(textsOf);
    const model = "replay";
    const server = await startReplayModel({ recordings: played, model });
    return {
      url: server.url,
      model,
      tasks: new Map(played.map(({ task, answers }) => [task, answers.length])),
      kindOf: (text): FixtureKind | null => kinds.get(text) ?? null,
      stop: () => server.stop(),
    };
  },

  async probeModel({ signal, ...options }) {
    const { probeEndpoint } = await import("../models/index.ts");
    return probeEndpoint(rootContext({ signal }), options);
  },

  async startMockModel(options) {
    const { startMockModel } = await import("./mock-model.ts");
    return startMockModel(options);
  },
};

interface PlayedRecording {
  readonly task: string;
  readonly prompt: string;
  readonly answers: readonly string[];
}

function textsOf({ task, prompt, answers }: Recording): PlayedRecording {
  return { task, prompt, answers: answers.map(({ text }) => text) };
}

function withAnswer(recorded: readonly Recording[], { task, text }: ReplayAnswer): PlayedRecording {
  const recording = recorded.find((known) => known.task === task);
  if (recording) return { task, prompt: recording.prompt, answers: [text] };
  throw unknownTask(
    task,
    recorded.map((known) => known.task),
  );
}

/** Programs in pooled sandboxes without database or server, for commands that only verify. */
async function startExecution({ config, logger, onStep }: StartOptions) {
  const [{ SandboxPools }, { chooseProvider, poolSettings }, { composeExecution }] = await Promise.all([
    import("../sandbox/index.ts"),
    import("./sandboxes.ts"),
    import("./execution.ts"),
  ]);
  const owner = { installation: newId("installation"), owner: newId("server") };
  const chosen = await chooseProvider({ config, owner, clock: systemClock, logger, ...(onStep ? { onStep } : {}) });
  const pools = new SandboxPools({ provider: chosen.provider, ...poolSettings(config), clock: systemClock, logger });
  const execution = composeExecution({ config, pools, hasImage: chosen.hasImage, clock: systemClock });
  return {
    execution,
    provider: chosen.provider.name,
    close: async () => {
      await execution.close();
      await pools.close();
      chosen.close();
    },
  };
}
