import type { Call, Fleet } from "./fleet/fleet.ts";
import type { Replica } from "./fleet/replica.ts";
import type { CallView } from "./policies/policy.ts";

/** Below this share of ready replicas, what calls told of them is not believed. */
const PANIC_SHARE = 0.5;

/** One decision: which replicas may take a call, as the policy asks. Valid until something changes. */
export class Placement implements CallView {
  readonly #fleet: Fleet;
  readonly #call: Call;
  readonly #avoided: readonly string[];

  /** `isFixed`: of `Policy`. */
  constructor(fleet: Fleet, call: Call, isFixed = false) {
    this.#fleet = fleet;
    this.#call = call;
    this.#avoided = isFixed ? [] : this.#avoidable();
  }

  /** Better a replica that makes less of the call than one that failed it, and better that one than none. */
  #avoidable(): readonly string[] {
    const { avoid = [], unfit = [] } = this.#call.facts;
    for (const list of unfit.length > 0 ? [[...avoid, ...unfit], avoid] : [avoid]) {
      if (list.length === 0) return list;
      if (this.#fleet.members.some((replica) => !list.includes(replica.id) && this.#isUsable(replica))) return list;
    }
    return [];
  }

  get key(): string {
    const { session, group, facts } = this.#call;
    return session?.key ?? String(facts.prefix?.hashes[0] ?? group?.key ?? "");
  }

  get hasSession(): boolean {
    return this.#call.session !== null;
  }

  get home(): Replica | null {
    return this.#call.session?.home ?? null;
  }

  get past(): CallView["past"] {
    const { session, facts } = this.#call;
    if (session?.isSettled) return "known";
    return session && facts.continued === true ? "unknown" : "none";
  }

  get privateTokens(): number {
    return this.#call.session?.privateTokens ?? 0;
  }

  get promptTokens(): number {
    return this.#call.promptTokens;
  }

  get groupTokens(): number {
    return Math.min(this.#call.promptTokens, this.#call.group?.tokens ?? 0);
  }

  isOpen(replica: Replica): boolean {
    return this.isEligible(replica) && replica.hasRoom(this.#fleet.demandOf(this.#call, replica));
  }

  isEligible(replica: Replica): boolean {
    return !this.#avoided.includes(replica.id) && this.#isUsable(replica);
  }

  hasGroup(replica: Replica): boolean {
    return this.#fleet.hasGroup(this.#call, replica);
  }

  cachedTokens(replica: Replica): number {
    const { session, facts, promptTokens } = this.#call;
    const own = session && session.home === replica ? (session.last?.tokens ?? 0) : 0;
    const shared = this.hasGroup(replica) ? this.groupTokens : 0;
    const matched = facts.prefix ? replica.prefixes.matchedTokens(facts.prefix) : 0;
    return Math.min(promptTokens, Math.max(own, shared, matched));
  }

  #isUsable({ health }: Replica): boolean {
    switch (health.state) {
      case "ready":
        return true;
      case "suspect":
        return health.isOnTrial || (health.isSuspectByCalls && isPanic(this.#fleet));
      case "stale":
        return this.#call.facts.trainable === false;
      case "starting":
      case "paused":
      case "draining":
      case "dead":
        return false;
    }
  }
}

/** Fail open: when calls make most replicas look bad, the fault is likely elsewhere. What probes found stays believed. */
function isPanic({ members }: Fleet): boolean {
  let [ready, blamed] = [0, 0];
  for (const { health } of members) {
    if (health.state === "ready") ready++;
    else if (health.isSuspectByCalls) blamed++;
  }
  return blamed > 0 && ready < PANIC_SHARE * (ready + blamed);
}
