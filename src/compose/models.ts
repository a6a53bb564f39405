import { type Config, readReplicasFile, type ReplicaConfig, replicaId } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import {
  type AdministeredFleet,
  createOpenAiClient,
  FleetAdmin,
  type Member,
  type ModelClient,
  ModelMetrics,
  openFleet,
} from "../models/index.ts";
import { Closers } from "./closers.ts";
import { followReplicas } from "./follow-replicas.ts";

interface ModelParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The configured models: clients of endpoints and of fleets. */
export async function composeModels({ config, clock, logger }: ModelParts) {
  const closers = new Closers();
  const metrics = new ModelMetrics();
  const models = new Map<string, ModelClient>();
  const fleets = new Map<string, AdministeredFleet>();
  try {
    for (const [name, model] of Object.entries(config.models)) {
      const { url, api, tokens, retries, replay, routing, api_key: apiKey } = model;
      const timeoutMs = model.timeout_seconds * 1000;
      const said = { name, model: model.model, api, apiKey, timeoutMs, retries, tokens, replay, clock };
      if (url !== undefined) {
        const client = createOpenAiClient({ ...said, url, external: routing === "external" });
        closers.add(() => client.close());
        models.set(name, client);
        continue;
      }
      const file = model.replicas_file;
      let replicas = file === undefined ? (model.replicas ?? []) : await readReplicasFile(file);
      const waits = {
        queueTimeoutMs: model.queue_timeout_seconds * 1000,
        pauseTimeoutMs: model.pause_timeout_seconds * 1000,
      };
      const policy = routing === "external" ? "sticky_least_cost" : routing;
      const observer = metrics.observerOf(name);
      const fleet = openFleet({ ...said, policy, members: replicas.map(memberOf), ...waits, observer, logger });
      closers.add(() => fleet.close());
      models.set(name, fleet.client);
      metrics.watch(name, fleet);
      fleets.set(name, { fleet, routing: policy, configuredUrls: () => replicas.map((replica) => replica.url) });
      const follow = (list: readonly ReplicaConfig[]) => {
        fleet.setMembers(fleet.snapshot().generation + 1, list.map(memberOf));
        replicas = [...list];
      };
      if (file !== undefined) closers.add(followReplicas(file, replicas, follow, { model: name, clock, logger }));
    }
  } catch (error) {
    await closers.close(0);
    throw error;
  }
  const limitOf = (name: string): number | null =>
    config.models[name]?.max_rollouts ?? fleets.get(name)?.fleet.advisedSessions ?? null;
  const versionsOf = (name: string): string[] => {
    const replicas = fleets.get(name)?.fleet.snapshot().replicas ?? [];
    return replicas.flatMap(({ weightVersion }) => weightVersion ?? []);
  };
  return { models, fleets: new FleetAdmin(fleets), metrics, limitOf, versionsOf, close: () => closers.close(0) };
}

function memberOf(replica: ReplicaConfig): Member {
  const { url, max_in_flight, max_sequences, kv_tokens } = replica;
  return {
    id: replicaId(replica),
    url,
    ...(max_in_flight === undefined ? {} : { maxInFlight: max_in_flight }),
    ...(max_sequences === undefined ? {} : { maxSequences: max_sequences }),
    ...(kv_tokens === undefined ? {} : { kvTokens: kv_tokens }),
  };
}
