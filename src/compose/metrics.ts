import { collectDefaultMetrics, Registry } from "prom-client";
import type { Platform } from "./platform.ts";
import { storageMetrics } from "./storage-metrics.ts";
import { workerMetrics } from "./worker-metrics.ts";

let ofProcess: Registry | null = null;

/** Metrics of the process itself, `nodejs_eventloop_lag…` among them. Its probes are Node's, and stay: one set for all servers. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** All that one process shows to Prometheus. */
export function metricsPage({
  metrics,
  store,
  work,
}: Pick<Platform, "metrics" | "store" | "work">): () => Promise<string> {
  const registries = [processRegistry(), storageMetrics(store), ...(work ? [workerMetrics(work)] : [])];
  return async () => {
    const pages = [metrics.page(), ...registries.map((registry) => registry.metrics())];
    return (await Promise.all(pages)).join("\n");
  };
}
