import type { CapacityObservation } from "./admission/capacity-advice.ts";
import type { WaitingRoom } from "./admission/waiting-room.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Replica } from "./fleet/replica.ts";
import type { ReplicaState } from "./policies/policy.ts";

/** Where one replica stands. Times in milliseconds, lengths in tokens. */
export interface ReplicaSnapshot {
  readonly id: string;
  readonly state: ReplicaState;
  readonly inFlight: number;
  /** Calls that wait for it and for no other. */
  readonly waiting: number;
  readonly sessions: number;
  /** Of its sessions, and of calls in flight that have none. */
  readonly residentTokens: number;
  /** Of calls in flight, with what they are expected to generate. */
  readonly activeTokens: number;
  readonly kvTokens: number;
  readonly slowness: number;
  /** For how long its engine is known to make no steps though it has calls. */
  readonly stillMs: number;
  readonly weightVersion: string | null;
}

export interface BalancerSnapshot {
  readonly policy: string;
  /** Of the membership; -1 before the first. */
  readonly generation: number;
  readonly sessions: number;
  readonly waiting: number;
  readonly replicas: readonly ReplicaSnapshot[];
}

const residentTokensOf = ({ privateTokens, sharedTokens, looseTokens }: Replica) =>
  privateTokens + sharedTokens + looseTokens;

export function snapshotOf(policy: string, generation: number, fleet: Fleet, room: WaitingRoom): BalancerSnapshot {
  const waiting = new Map<Replica, number>();
  for (const { pinnedTo } of room) if (pinnedTo) waiting.set(pinnedTo, (waiting.get(pinnedTo) ?? 0) + 1);
  const replicas = fleet.members.map((replica) => ({
    id: replica.id,
    state: replica.state,
    inFlight: replica.inFlight,
    waiting: waiting.get(replica) ?? 0,
    sessions: replica.sessions,
    residentTokens: residentTokensOf(replica),
    activeTokens: replica.activeTokens,
    kvTokens: replica.kvTokens,
    slowness: replica.slowness,
    stillMs: replica.health.heartbeat.stillMs,
    weightVersion: replica.weightVersion,
  }));
  return { policy, generation, sessions: fleet.sessions, waiting: room.size, replicas };
}

/** What the advice on concurrency goes by. */
export function capacityOf(fleet: Fleet, room: WaitingRoom): CapacityObservation {
  const members = fleet.members.filter(({ state }) => state === "ready" || state === "paused");
  const sum = (of: (replica: Replica) => number) => members.reduce((total, replica) => total + of(replica), 0);
  return {
    sessions: fleet.sessions,
    finished: fleet.finished,
    residentTokens: sum(residentTokensOf),
    kvTokens: sum(({ kvTokens }) => kvTokens),
    inFlight: sum(({ inFlight }) => inFlight),
    waiting: room.size + sum(({ engine }) => engine.waiting),
    preemptions: sum(({ engine }) => engine.preemptions),
  };
}
