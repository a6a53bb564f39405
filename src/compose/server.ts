import type { RunningServer, StartOptions } from "../cli/services.ts";
import { missingImages, sandboxFusion } from "../compat/sandbox-fusion/index.ts";
import type { Config } from "../config/index.ts";
import { systemClock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import { messageOf } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import type { ExecutionService } from "../execution/index.ts";
import { ModelGateway } from "../models/index.ts";
import { createApp, metricsSurface, startServer as listen } from "../server/index.ts";
import { environmentViews, modelViews } from "./catalogue.ts";
import { Closers } from "./closers.ts";
import { metricsPage } from "./metrics.ts";
import { VERSION } from "./paths.ts";
import { startPlatform } from "./platform.ts";

/** The platform with the API in front of it. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, logger } = options;
  const closers = new Closers();
  const platform = await startPlatform(options);
  closers.add((graceMs) => platform.close(graceMs));
  try {
    const { host, port, public_url: publicUrl = null } = config.gateway;
    const { models, metrics: observer } = platform;
    const where = { host, port, publicUrl, limits: gatewayLimits(config) };
    const gateway = new ModelGateway({ models, ...where, clock: systemClock, logger, observer });
    closers.add(() => gateway.close());
    const app = createApp({
      jobs: platform.jobs,
      groups: platform.groups,
      execution: platform.execution,
      pools: platform.pools,
      verification: platform.verification,
      fleets: platform.fleets,
      gateway,
      rescores: platform.rescores,
      readings: platform.readings,
      submissions: platform.submissions,
      removal: platform.store.housekeeping,
      environments: () => environmentViews(rootContext({ logger }), platform.environments),
      taskIds: async (ctx, name, dataset) => (await platform.environments.get(name)).taskIds(ctx, dataset),
      models: () => modelViews(platform),
      ready: () => platform.ready(),
      auth: { keys: config.server.api_keys },
      hosts: [config.server.host, ...config.server.hosts],
      version: VERSION,
      logger,
      surfaces: [sandboxFusion, metricsSurface(metricsPage(platform))],
    });
    if (platform.execution) await warnOfMissingImages(platform.execution, logger);
    const server = await listen({ app, host: config.server.host, port: config.server.port });
    closers.add((graceMs) => server.close(graceMs));
    return { url: server.url, provider: platform.provider, close: (graceMs) => closers.close(graceMs) };
  } catch (error) {
    await closers.close(0);
    throw error;
  }
}

function gatewayLimits({ gateway }: Config) {
  const { max_sessions: sessions, session_bytes: sessionBytes, memory_bytes: bytes, retention_seconds } = gateway;
  return { sessions, sessionBytes, bytes, retentionMs: 1000 * retention_seconds };
}

/** Says what programs that come by the other protocol will lack: they run all the same. */
async function warnOfMissingImages(service: ExecutionService, logger: Logger): Promise<void> {
  try {
    for (const image of await missingImages(service)) {
      const text = `numerical programs lack their packages until \`sandlot image build ${image}\``;
      logger.warn({ image }, text);
    }
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, "it cannot be told whether the image of numerical programs is there");
  }
}
