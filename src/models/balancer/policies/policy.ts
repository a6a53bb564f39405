/**
 * Why a call goes where it goes.
 * - `home`: where the session lives.
 * - `new`: a first call.
 * - `escape`: away from a home that is much busier than others.
 * - `rebind`: the home cannot take calls (any more).
 * - `fallback`: the session is older than this balancer, so its home is not known.
 */
export type Reason = "home" | "new" | "escape" | "rebind" | "fallback";

/**
 * - `starting`: not yet seen healthy. - `suspect`: gets no new work, but may recover by itself.
 * - `paused`: for a weight update; calls wait for it. - `draining`: finishes what it has.
 * - `dead`: what it had is lost. - `stale`: missed a weight update; no call of a training rollout.
 */
export type ReplicaState = "starting" | "ready" | "suspect" | "paused" | "draining" | "dead" | "stale";

/** A replica as policies see it. Numbers are the balancer's own, up to date at every decision. */
export interface ReplicaView {
  readonly id: string;
  readonly state: ReplicaState;
  readonly inFlight: number;
  /** Tokens of the prompts in flight of calls that have no session. */
  readonly looseTokens: number;
  /** Sessions that live here. */
  readonly sessions: number;
  /** Their tokens beyond their group's prompt. */
  readonly privateTokens: number;
  /** Prompts of the groups they belong to, each once. */
  readonly sharedTokens: number;
  /** Tokens its KV cache holds. */
  readonly kvTokens: number;
  /** Time per output token beside the median of the fleet. */
  readonly slowness: number;
}

/** One call as policies see it. */
export interface CallView {
  /** What hashes are taken of: the session, else something of this call alone. */
  readonly key: string;
  readonly hasSession: boolean;
  /** Where the session lives. */
  readonly home: ReplicaView | null;
  /** Whether the session had a home before, or must have had one, in this process or an earlier one. */
  readonly past: "none" | "known" | "unknown";
  /** What its session counts for at its home until now, beyond the group's prompt. */
  readonly privateTokens: number;
  readonly promptTokens: number;
  /** Of them, the group's prompt. */
  readonly groupTokens: number;
  /** May take it now: ready, with room, not avoided. */
  isOpen(replica: ReplicaView): boolean;
  /** Could take it, had it room. */
  isEligible(replica: ReplicaView): boolean;
  /** Whether the group's prompt is there: a sibling lives there, or did a short time ago. */
  hasGroup(replica: ReplicaView): boolean;
  /** Prompt tokens that are probably cached there. */
  cachedTokens(replica: ReplicaView): number;
}

export interface FleetView {
  /** In the order of the membership. */
  readonly members: readonly ReplicaView[];
  /** Changes when `members` does. */
  readonly generation: number;
  /** Tokens a session grows by over its life, beyond its group's prompt, as learned. */
  readonly growthTokens: number;
  /** Whether a new session may settle there: a replica that is new itself does not get all of them at once. */
  takesHomes(replica: ReplicaView): boolean;
}

export type Choice =
  | { readonly kind: "send"; readonly replica: ReplicaView; readonly reason: Reason }
  /** Nobody may take it now. With a replica: only that one is worth waiting for. */
  | { readonly kind: "wait"; readonly replica: ReplicaView | null };

/** Chooses a replica for a call. Must send to open replicas only. */
export interface Policy {
  readonly name: string;
  /** Each call has one replica, which it waits for, whatever that one has done to it. Default false. */
  readonly isFixed?: boolean;
  choose(call: CallView, fleet: FleetView): Choice;
}

export const WAIT: Choice = { kind: "wait", replica: null };

/** A choice by a policy that does not care where the session lived, with the reason that fits. */
export function send(call: CallView, replica: ReplicaView): Choice {
  if (replica === call.home) return { kind: "send", replica, reason: "home" };
  if (call.home && call.isOpen(call.home)) return { kind: "send", replica, reason: "escape" };
  return { kind: "send", replica, reason: call.past === "none" ? "new" : "rebind" };
}

/** The one with the smallest cost, ties by `tie`: the smaller wins. Undefined when there is none. */
export function cheapest<T>(
  replicas: readonly T[],
  cost: (replica: T) => number,
  tie: (replica: T) => number,
): T | undefined {
  let best: T | undefined;
  let bestCost = 0;
  for (const replica of replicas) {
    const own = cost(replica);
    if (best !== undefined && (own > bestCost || (own === bestCost && tie(replica) >= tie(best)))) continue;
    best = replica;
    bestCost = own;
  }
  return best;
}
