import type { Clock } from "../../core/clock.ts";
import type { HeartbeatLimits } from "./health/heartbeat.ts";
import type { Policy } from "./policies/policy.ts";
import type { SessionLimits } from "./fleet/sessions.ts";

export interface BalancerOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  /** Default: 100,000 sessions, 2 hours. */
  readonly sessions?: Partial<SessionLimits>;
  /** Calls that may wait at once; more are refused. Default 10,000. */
  readonly maxWaiting?: number;
  /** When an engine that makes no steps is believed to hang. */
  readonly heartbeat?: Partial<HeartbeatLimits>;
  /** The longest context of the model (`max_model_len`), from which the advice on concurrency begins. Default 32,768. */
  readonly contextTokens?: number;
}

/** A member of a fleet, as whoever knows the membership names it. */
export interface MemberSpec {
  /** Unique in the fleet and stable: the same replica after a restart has the same id. */
  readonly id: string;
  /** Calls in flight at once, as configured. Default 256. */
  readonly maxInFlight?: number;
  /** Sequences that the engine runs at once (vLLM `--max-num-seqs`); a quarter more may be in flight. Default: unknown. */
  readonly maxSequences?: number;
  /** Tokens its KV cache holds. Default: what scrapes say, and 400,000 before. */
  readonly kvTokens?: number;
}

/** The whole membership at one time. */
export interface Membership {
  /** Grows with every change. */
  readonly generation: number;
  readonly members: readonly MemberSpec[];
}
