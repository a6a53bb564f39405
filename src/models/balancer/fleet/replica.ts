import type { Lease } from "../lease.ts";
import type { ReplicaState, ReplicaView } from "../policies/policy.ts";
import type { ReplicaHealth } from "../health/replica-health.ts";
import type { Session } from "./sessions.ts";
import { Pace } from "./pace.ts";
import { PrefixIndex } from "./prefix-index.ts";

/** What one replica may be given. */
export interface ReplicaCaps {
  /** Calls in flight at once. */
  readonly maxInFlight: number;
  /** Tokens its KV cache holds, as configured; null: as its engine says. */
  readonly kvTokens: number | null;
}

/** Until the engine has said. */
const DEFAULT_KV_TOKENS = 400_000;

/** Share of the KV cache that calls in flight may fill: beyond, the engine preempts. */
const ACTIVE_SHARE = 0.9;

/** One replica and all that the balancer counts of it. Only `Fleet`, `Group` and `Balancer` write here. */
export class Replica implements ReplicaView {
  readonly id: string;
  readonly health: ReplicaHealth;
  readonly leases = new Set<Lease>();
  readonly residents = new Set<Session>();
  readonly pace = new Pace();
  readonly prefixes = new PrefixIndex();
  caps: ReplicaCaps;
  inFlight = 0;
  /** Tokens that calls in flight hold or will hold, prompts of groups once. */
  activeTokens = 0;
  looseTokens = 0;
  privateTokens = 0;
  sharedTokens = 0;
  slowness = 1;
  /** From the last scrape: calls that the engine lets wait, its preemptions ever, and what its KV cache holds. */
  engine = { waiting: 0, preemptions: 0, kvTokens: DEFAULT_KV_TOKENS };
  /** The state whose consequences have been drawn. */
  seenState: ReplicaState = "starting";
  weightVersion: string | null = null;
  /** Homes given since it became ready, and how many the fleet had given by then: for `Fleet.takesHomes`. */
  homes = 0;
  homesBefore = 0;

  constructor(id: string, caps: ReplicaCaps, health: ReplicaHealth) {
    this.id = id;
    this.caps = caps;
    this.health = health;
  }

  get state() {
    return this.health.state;
  }

  get sessions(): number {
    return this.residents.size;
  }

  get kvTokens(): number {
    return this.caps.kvTokens ?? this.engine.kvTokens;
  }

  /** Whether so many more active tokens fit. One call fits in any case: the engine knows what is too long. */
  hasRoom(tokens: number): boolean {
    if (this.inFlight >= this.caps.maxInFlight) return false;
    return this.inFlight === 0 || this.activeTokens + tokens <= ACTIVE_SHARE * this.kvTokens;
  }
}
