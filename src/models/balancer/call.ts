/** Hashes of the leading blocks of a prompt, each over everything up to its end: equal hashes mean an equal prefix. */
export interface PrefixChain {
  readonly hashes: readonly number[];
  /** Tokens of one block, about. */
  readonly blockTokens: number;
}

/** What the gateway knows of a model call before it is sent. */
export interface CallFacts {
  /** Key of affinity: the rollout. Calls without one are placed by `prefix`, else by load alone. */
  readonly session?: string;
  /** Sessions of one group begin with the same prompt: the task, and the cache salt where there is one. */
  readonly group?: string;
  /** The whole prompt: tokens where they are known, else bytes, which the balancer translates by what it has learned. */
  readonly size: { readonly tokens: number } | { readonly bytes: number };
  /** Looked at only in calls without a session, and by policies that go by prefixes. */
  readonly prefix?: PrefixChain;
  /** Whether the prompt holds answers already. A continued session that is not known has outlived a gateway. */
  readonly continued?: boolean;
  /** False: the answer teaches nobody (evaluation, judge), so that stale weights will do. Default true. */
  readonly trainable?: boolean;
  /** Who shares fairly while calls wait: the run and its environment. Default "". */
  readonly flow?: string;
  /** The flow's share beside others of its priority. Default 1. */
  readonly weight?: number;
  /** Higher goes first while calls wait. Default 0. */
  readonly priority?: number;
  /** When it may not wait any longer, on the clock's `monotonic()`. */
  readonly deadline: number;
  /** Replicas that this very call failed on. */
  readonly avoid?: readonly string[];
  /** Replicas that would make less of it than others. */
  readonly unfit?: readonly string[];
}

/** What an answered call used, as the engine counted it. */
export interface CallUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * How a call ended without an answer, for the replica's health (what counts: `Breaker`).
 * - `connect_failed`: nothing was sent.
 * - `server_error`: a 5xx, or the connection was lost.
 * - `neutral`: a refusal of the request, a deadline, a client that left: says nothing about the replica.
 */
export type CallFault = "connect_failed" | "server_error" | "neutral";

/** Why a call gets no replica. */
export type Refusal = { readonly kind: "refusal" } & (
  | /** As many calls wait as may wait. */ { readonly reason: "queue_full"; readonly retryAfterSeconds: number }
  /** Its deadline passed in the queue: no replica was ready for it, or all of them were full. */
  | {
      readonly reason: "deadline";
      readonly because: "none_ready" | "no_room";
      readonly retryAfterSeconds: number;
    }
  /** The caller gave up, or the balancer was closed. */
  | { readonly reason: "cancelled" | "closed" }
);
