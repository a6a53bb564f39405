import type { RunningServer, StartOptions } from "../cli/services.ts";
import { systemClock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import { newId } from "../core/ids.ts";
import { SandboxPools } from "../sandbox/index.ts";
import { createApp, startServer as listen } from "../server/index.ts";
import { environmentViews } from "./catalogue.ts";
import { Closers } from "./closers.ts";
import { composeEnvironments, composeVerifications, sandboxServices } from "./environments.ts";
import { composeExecution } from "./execution.ts";
import { VERSION } from "./paths.ts";
import { chooseProvider, poolSettings } from "./sandboxes.ts";

/** The API of programs, sessions, pools and verification alone: without database, worker and jobs, for the time of one command. */
export async function startSandboxServer(options: StartOptions): Promise<RunningServer> {
  const { config, logger, onStep } = options;
  const closers = new Closers();
  try {
    const owner = { installation: newId("installation"), owner: newId("server") };
    const chosen = await chooseProvider({ config, owner, clock: systemClock, logger, ...(onStep ? { onStep } : {}) });
    closers.add(() => chosen.close());
    const { provider, hasImage } = chosen;
    const pools = new SandboxPools({ provider, ...poolSettings(config), clock: systemClock, logger });
    closers.add(() => pools.close());
    const execution = composeExecution({ config, pools, hasImage, clock: systemClock });
    closers.add(() => execution.close());
    const environments = composeEnvironments(config, sandboxServices(config, execution, systemClock));
    const app = createApp({
      jobs: null,
      groups: null,
      execution,
      pools: pools.admin,
      fleets: null,
      gateway: null,
      rescores: null,
      readings: null,
      submissions: null,
      removal: null,
      verification: composeVerifications(config, environments, systemClock),
      environments: () => environmentViews(rootContext({ logger }), environments),
      taskIds: async (ctx, name, dataset) => (await environments.get(name)).taskIds(ctx, dataset),
      models: () => [],
      ready: async () => ({}),
      auth: { keys: config.server.api_keys },
      hosts: [config.server.host],
      version: VERSION,
      logger,
    });
    const server = await listen({ app, host: config.server.host, port: config.server.port });
    closers.add((graceMs) => server.close(graceMs));
    return { url: server.url, provider: provider.name, close: (graceMs) => closers.close(graceMs) };
  } catch (error) {
    await closers.close(0);
    throw error;
  }
}
