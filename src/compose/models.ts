import { type Config, readReplicasFile, type ReplicaConfig } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import {
  type AdministeredFleet,
  createOpenAiClient,
  FleetAdmin,
  type Member,
  type ModelClient,
  openFleet,
} from "../models/index.ts";
import { Closers } from "./closers.ts";

interface ModelParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a `replicas_file` is looked at, milliseconds. */
const FILE_POLL_MS = 5_000;

/** The configured models: clients of endpoints and of fleets. */
export async function composeModels({ config, clock, logger }: ModelParts) {
  const closers = new Closers();
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
      const replicas = file === undefined ? (model.replicas ?? []) : await readReplicasFile(file);
      const waits = {
        queueTimeoutMs: model.queue_timeout_seconds * 1000,
        pauseTimeoutMs: model.pause_timeout_seconds * 1000,
      };
      const policy = routing === "external" ? "sticky_least_cost" : routing;
      const fleet = openFleet({ ...said, policy, members: replicas.map(memberOf), ...waits, logger });
      closers.add(() => fleet.close());
      models.set(name, fleet.client);
      fleets.set(name, { fleet, routing: policy, configuredUrls: new Set(replicas.map(({ url: one }) => one)) });
      if (file !== undefined) closers.add(followFile(file, replicas, { fleet, name, clock, logger }));
    }
  } catch (error) {
    await closers.close(0);
    throw error;
  }
  return { models, fleets: new FleetAdmin(fleets), close: () => closers.close(0) };
}

function memberOf({ url, id, max_in_flight, max_sequences, kv_tokens }: ReplicaConfig): Member {
  return {
    id: id ?? new URL(url).host,
    url,
    ...(max_in_flight === undefined ? {} : { maxInFlight: max_in_flight }),
    ...(max_sequences === undefined ? {} : { maxSequences: max_sequences }),
    ...(kv_tokens === undefined ? {} : { kvTokens: kv_tokens }),
  };
}

/** Applies the file whenever it has changed; what is wrong with it is logged, and the last good list stays. */
function followFile(
  file: string,
  first: readonly ReplicaConfig[],
  { fleet, name, clock, logger }: { fleet: AdministeredFleet["fleet"]; name: string; clock: Clock; logger: Logger },
): () => void {
  let known = JSON.stringify(first);
  let said = "";
  let cancel: () => void = () => undefined;
  let isStopped = false;
  const look = async () => {
    try {
      const replicas = await readReplicasFile(file);
      const text = JSON.stringify(replicas);
      if (text !== known && !isStopped) fleet.setMembers(fleet.snapshot().generation + 1, replicas.map(memberOf));
      known = text;
      said = "";
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== said) logger.warn({ model: name, problem }, "the replicas stay as they were");
      said = problem;
    }
  };
  const round = () => {
    cancel = clock.after(FILE_POLL_MS, () => void look().finally(() => !isStopped && round()));
  };
  round();
  return () => {
    isStopped = true;
    cancel();
  };
}
