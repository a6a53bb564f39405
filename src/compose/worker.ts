import type { RunningWorker, StartOptions } from "../cli/services.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { createHealthApp, startServer as listen } from "../server/index.ts";
import { Closers } from "./closers.ts";
import { metricsPage } from "./metrics.ts";
import { startPlatform } from "./platform.ts";

/** The role `worker` alone: the platform without an API, and on a port of its own, where one is configured, its probes. */
export async function startWorker(options: StartOptions): Promise<RunningWorker> {
  const { logger } = options;
  if (options.config.database.url === undefined) {
    const problem = "a worker shares the database of the servers that take jobs: give its URL";
    throw new SandlotError("invalid_config", {
      source: "database.url",
      fields: [{ field: "database.url", problem }],
    });
  }
  const config = { ...options.config, worker: { ...options.config.worker, enabled: true } };
  const { health_host: host, health_port: port } = config.worker;
  const closers = new Closers();
  const platform = await startPlatform({ ...options, config });
  closers.add((graceMs) => platform.close(graceMs));
  try {
    let healthUrl: string | null = null;
    if (port !== undefined) {
      const app = createHealthApp({
        ready: () => platform.ready(),
        metrics: metricsPage(platform),
        auth: { keys: config.server.api_keys },
        hosts: [host, ...config.server.hosts],
        logger,
      });
      const server = await listen({ app, host, port, settings: "worker.health_" });
      closers.add((graceMs) => server.close(graceMs));
      healthUrl = server.url;
    }
    const { provider } = platform;
    return { healthUrl, provider, close: (graceMs) => closers.close(graceMs) };
  } catch (error) {
    await closers.close(0);
    throw error;
  }
}
