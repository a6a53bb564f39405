import { systemClock } from "../../core/clock.ts";
import type { ReplicaSettings, StandInOptions } from "./options.ts";
import { Replica } from "./replica/replica.ts";
import { ReplicaServer } from "./replica-server.ts";

/** A replica that listens. */
export interface StandInReplica {
  /** Base URL, without `/v1`. */
  readonly url: string;
  /** What it does, and what goes wrong with it: see `Replica`. */
  readonly replica: Replica;
  /** Ends this one alone at once, as if its machine were gone. Idempotent. */
  stop(): Promise<void>;
}

/** Replicas of a stand-in. */
export interface StandIn {
  readonly replicas: readonly StandInReplica[];
  /** Answers what runs with what it has (`finish_reason: "abort"`), as vLLM at SIGTERM, and ends all. */
  shutdown(): Promise<void>;
  /** Ends all at once. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts stand-ins of vLLM 0.32: HTTP servers with its endpoints, its errors and its timing, and with answers that
 * are made up or scripted. Nothing of it is for training. Rejects with the socket's error when one can't listen.
 */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { replicas = 1, host = "127.0.0.1", port = 0 } = options;
  const servers = Array.from({ length: replicas }, (_, i) => new ReplicaServer(new Replica(settingsOf(options, i))));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const started: StandInReplica[] = [];
    for (const [i, server] of servers.entries()) {
      const url = await server.listen(host, port === 0 ? 0 : port + i);
      started.push({ url, replica: server.replica, stop: () => server.close() });
    }
    const shutdown = async () => {
      await Promise.all(servers.map((server) => server.shutdown()));
    };
    return { replicas: started, shutdown, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settingsOf(options: StandInOptions, replica: number): ReplicaSettings {
  return {
    model: options.model ?? "stand-in",
    speed: options.speed ?? 1,
    apiKey: options.apiKey ?? null,
    maxModelLength: options.maxModelLength ?? 32_768,
    engine: options.engine ?? {},
    maxQueuedRequests: options.maxQueuedRequests ?? null,
    devMode: options.devMode ?? true,
    scaleOut: options.scaleOut ?? true,
    promptTokensDetails: options.promptTokensDetails ?? true,
    thinking: options.thinking ?? false,
    drift: options.drift ?? false,
    legacyNames: options.legacyNames ?? false,
    answerLength: options.answerLength ?? { median: 80, sigma: 0.6 },
    answer: options.answer ?? null,
    keepAliveMs: options.keepAliveMs ?? 5000,
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
    faultRoutes: options.faultRoutes ?? true,
    clock: options.clock ?? systemClock,
    replica,
  };
}
