import { rendezvousRank } from "./hash.ts";
import { type CallView, cheapest, type Choice, type FleetView, type Policy, type ReplicaView, WAIT } from "./policy.ts";
import { boundedOwner, Ring } from "./ring.ts";

export interface StickyLeastCostOptions {
  /** Price of a prompt token that must be computed, beside one that comes to live there. Default 12; flat from 6 to 24. */
  readonly alpha?: number;
  /** How far above the mean a replica may be loaded before it is a last resort. Default 0.25. */
  readonly epsilon?: number;
}

/** Of what a session gathers over its life, the share that one picked at random has yet to gather. */
const STILL_TO_COME = 0.5;
/** How far above the mean its home's load must be for a session to leave it. */
const HEAVY = 1.5;

/** Tokens that live at the replica, those included that its sessions have yet to gather. */
function tokensOf(replica: ReplicaView, { growthTokens }: FleetView): number {
  const { privateTokens, sharedTokens, looseTokens, sessions } = replica;
  return privateTokens + sharedTokens + looseTokens + STILL_TO_COME * growthTokens * sessions;
}

function loadOf(replica: ReplicaView, fleet: FleetView): number {
  return tokensOf(replica, fleet) * replica.slowness;
}

/** Tokens that come to live at the replica with the call's session. */
function addedTokens(replica: ReplicaView, call: CallView, { growthTokens }: FleetView): number {
  const own = call.promptTokens - (call.hasGroup(replica) ? call.groupTokens : 0);
  return own + (call.hasSession ? STILL_TO_COME * growthTokens : 0);
}

/** What the replica would be loaded with, had it the call's session. */
function loadWith(replica: ReplicaView, call: CallView, fleet: FleetView): number {
  return (tokensOf(replica, fleet) + addedTokens(replica, call, fleet)) * replica.slowness;
}

/** What is usual among replicas that could take the call. */
interface Means {
  readonly load: number;
  readonly inFlight: number;
}

function meansOf(call: CallView, fleet: FleetView): Means {
  let [count, load, inFlight] = [0, 0, 0];
  for (const replica of fleet.members) {
    if (!call.isEligible(replica)) continue;
    count++;
    load += loadOf(replica, fleet);
    inFlight += replica.inFlight;
  }
  return count === 0 ? { load: 0, inFlight: 0 } : { load: load / count, inFlight: inFlight / count };
}

/**
 * The default. A session stays where its tokens are cached, unless its home is far busier than others. A new one
 * goes where the tokens that will live there, weighted by how slow the replica is, and the prompt tokens it would
 * have to compute cost least; so siblings come together, as far as the bound lets them.
 */
export class StickyLeastCost implements Policy {
  readonly name = "sticky_least_cost";
  readonly #alpha: number;
  readonly #epsilon: number;
  readonly #ring = new Ring();

  constructor({ alpha = 12, epsilon = 0.25 }: StickyLeastCostOptions = {}) {
    this.#alpha = alpha;
    this.#epsilon = epsilon;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const { home } = call;
    if (!home) return this.#settle(call, fleet);
    if (call.isEligible(home)) {
      const refuge = this.#refuge(call, home, fleet);
      if (refuge) return { kind: "send", replica: refuge, reason: "escape" };
      return call.isOpen(home) ? { kind: "send", replica: home, reason: "home" } : { kind: "wait", replica: home };
    }
    // A pause is short, and what is cached survives it.
    if (home.state === "paused") return { kind: "wait", replica: home };
    return this.#settle(call, fleet);
  }

  #settle(call: CallView, fleet: FleetView): Choice {
    const isOpen = (replica: ReplicaView) => call.isOpen(replica);
    if (call.past === "unknown") {
      // Gateways that know nothing yet agree on the owner.
      const owner = boundedOwner(this.#ring, call.key, fleet, isOpen, this.#epsilon);
      return owner ? { kind: "send", replica: owner, reason: "fallback" } : WAIT;
    }
    const open = fleet.members.filter(isOpen);
    const settled = open.filter((replica) => fleet.takesHomes(replica));
    const means = meansOf(call, fleet);
    const candidates = settled.length > 0 ? settled : open;
    const fit = candidates.filter((replica) => !this.#isLastResort(replica, call, fleet, means));
    const replica = this.#cheapest(fit.length > 0 ? fit : candidates, call, fleet);
    if (!replica) return WAIT;
    return { kind: "send", replica, reason: call.past === "none" ? "new" : "rebind" };
  }

  #cheapest(replicas: readonly ReplicaView[], call: CallView, fleet: FleetView): ReplicaView | undefined {
    return cheapest(
      replicas,
      (replica) => loadWith(replica, call, fleet) + this.#alpha * (call.promptTokens - call.cachedTokens(replica)),
      (replica) => rendezvousRank(call.key, replica.id),
    );
  }

  #isLastResort(replica: ReplicaView, call: CallView, fleet: FleetView, means: Means): boolean {
    const bound = 1 + this.#epsilon;
    return (
      loadOf(replica, fleet) > bound * means.load + addedTokens(replica, call, fleet) &&
      replica.inFlight > bound * means.inFlight + 1
    );
  }

  /**
   * Where a session moves to, between turns, when its home is much busier than others and the move gains more than the
   * tokens that have to be computed again. Moves that gain little cost much (verl #6533): about 5 in 1,000 turns move.
   */
  #refuge(call: CallView, home: ReplicaView, fleet: FleetView): ReplicaView | undefined {
    const means = meansOf(call, fleet);
    const load = loadOf(home, fleet);
    if (load <= HEAVY * means.load && home.inFlight <= 2 * means.inFlight + 8) return undefined;
    // With what the session is now, which may be less than it was.
    const grown = call.promptTokens - call.groupTokens - call.privateTokens;
    const costAt = (replica: ReplicaView) => loadWith(replica, call, fleet);
    const best = cheapest(
      fleet.members.filter((replica) => replica !== home && call.isOpen(replica) && fleet.takesHomes(replica)),
      costAt,
      (replica) => rendezvousRank(call.key, replica.id),
    );
    return best && load + grown * home.slowness - costAt(best) > call.promptTokens ? best : undefined;
  }
}
