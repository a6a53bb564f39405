import { collectDefaultMetrics, Registry } from "prom-client";
import type { ModelMetrics } from "../models/index.ts";

let ofProcess: Registry | null = null;

/** Metrics of the process itself, `nodejs_eventloop_lag…` among them. Its probes are Node's, and stay: one set for all servers. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** All that one server shows to Prometheus. */
export function metricsPage(models: ModelMetrics, storage: Registry): () => Promise<string> {
  const own = processRegistry();
  return async () => `${await own.metrics()}\n${await models.page()}\n${await storage.metrics()}`;
}
