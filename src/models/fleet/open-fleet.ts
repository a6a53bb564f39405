import { systemClock } from "../../core/clock.ts";
import { type Logger, silentLogger } from "../../core/logger.ts";
import {
  Balancer,
  type BalancerOptions,
  type BalancerSnapshot,
  createPolicy,
  type PolicyName,
} from "../balancer/index.ts";
import { createClient } from "../client/client.ts";
import type { ClientOptions } from "../client/options.ts";
import type { ModelClient } from "../port.ts";
import type { EngineOptions } from "../upstream/engine.ts";
import { Fleet, type FleetOptions } from "./fleet.ts";
import { type Member, Members } from "./members.ts";
import { WeightUpdates } from "./weight-updates.ts";

/** A model served by many replicas. Times in milliseconds. */
export interface ModelFleetOptions
  extends
    ClientOptions,
    Omit<EngineOptions, "url">,
    Pick<FleetOptions, "retries" | "queueTimeoutMs" | "observer">,
    Pick<BalancerOptions, "sessions" | "maxWaiting" | "heartbeat"> {
  /** Default: `sticky_least_cost`. */
  readonly policy?: PolicyName | undefined;
  /** Members of generation 0. Default: none yet. */
  readonly members?: readonly Member[] | undefined;
  /** Pause between two looks at a replica. Default 2,000. */
  readonly watchEveryMs?: number | undefined;
  /** Longest wait for a replica to pause for a weight update. Default 300,000. */
  readonly pauseTimeoutMs?: number | undefined;
  readonly logger?: Logger | undefined;
  /** Numbers in [0, 1). Default Math.random. */
  readonly random?: (() => number) | undefined;
}

/** The replicas of one model, and the client that spreads calls over them. */
export interface ModelFleet {
  readonly client: ModelClient;
  readonly updates: WeightUpdates;
  /** Replaces the membership as a whole; an older generation is refused with `invalid_request`. */
  setMembers(generation: number, members: readonly Member[]): void;
  /** Gives a replica no new work; `isOn` false takes it back. Throws `not_found`. */
  drain(replica: string, isOn?: boolean): void;
  snapshot(): BalancerSnapshot;
  /** Rollouts that should run at once, so that their tokens stay cached between turns; null before anything is known. */
  readonly advisedSessions: number | null;
  close(): Promise<void>;
}

/** Opens a fleet: its replicas are watched from now on. Throws `invalid_config` or `invalid_request` for wrong members. */
export function openFleet(options: ModelFleetOptions): ModelFleet {
  const { name, model, policy = "sticky_least_cost", random = Math.random } = options;
  const { clock = systemClock, logger = silentLogger, sessions, maxWaiting, heartbeat } = options;
  const limits = {
    ...(sessions ? { sessions } : {}),
    ...(heartbeat ? { heartbeat } : {}),
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  };
  const balancer = new Balancer({ clock, policy: createPolicy(policy, random), ...limits });
  const members = new Members({
    engine: options,
    model,
    balancer,
    clock,
    logger,
    everyMs: options.watchEveryMs,
    onRestart: (id) => updates.restarted(id),
  });
  members.set(0, options.members ?? []);
  const { retries, queueTimeoutMs, observer } = options;
  const fleet = new Fleet({ name, balancer, members, retries, queueTimeoutMs, observer, clock, random });
  const updates = new WeightUpdates({ balancer, members, clock, logger, pauseTimeoutMs: options.pauseTimeoutMs });
  return {
    client: createClient(options, fleet),
    updates,
    setMembers(generation, list) {
      const known = new Set(members.ids);
      members.set(generation, list);
      for (const id of members.ids) if (!known.has(id)) updates.joined(id);
    },
    drain: (replica, isOn) => balancer.drain(replica, isOn),
    snapshot: () => balancer.snapshot(),
    get advisedSessions() {
      return balancer.advisedSessions;
    },
    close: () => fleet.close(),
  };
}
