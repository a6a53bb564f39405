import { rendezvousRank } from "./hash.ts";
import { type CallView, cheapest, type Choice, type FleetView, type Policy, type ReplicaView, WAIT } from "./policy.ts";
import { boundedOwner, Ring } from "./ring.ts";

export interface StickyLeastCostOptions {
  /** Price of a prompt token that must be computed, beside one of expected residence. Default 6; flat from 3 to 10. */
  readonly alpha?: number;
  /** How far above the mean a replica may be loaded before it is a last resort. Default 0.25. */
  readonly epsilon?: number;
}

/** Tokens that the replica holds for its sessions and for calls without one. */
function tokensOf(replica: ReplicaView): number {
  return replica.privateTokens + replica.sharedTokens + replica.looseTokens;
}

function loadOf(replica: ReplicaView): number {
  return tokensOf(replica) * replica.slowness;
}

/** Shares of load and of calls in flight that are usual among replicas that could take the call. */
interface Means {
  readonly load: number;
  readonly inFlight: number;
}

function meansOf(call: CallView, fleet: FleetView): Means {
  let [count, load, inFlight] = [0, 0, 0];
  for (const replica of fleet.members) {
    if (!call.isEligible(replica)) continue;
    count++;
    load += loadOf(replica);
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

  constructor({ alpha = 6, epsilon = 0.25 }: StickyLeastCostOptions = {}) {
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
      (replica) =>
        (tokensOf(replica) + this.#added(replica, call, fleet)) * replica.slowness +
        this.#alpha * Math.max(0, call.promptTokens - call.cachedTokens(replica)),
      (replica) => rendezvousRank(call.key, replica.id),
    );
  }

  /** Tokens that come to live at the replica with the call's session. */
  #added(replica: ReplicaView, call: CallView, fleet: FleetView): number {
    const own = call.promptTokens - (call.hasGroup(replica) ? call.groupTokens : 0);
    return own + (call.hasSession ? fleet.growthTokens : 0);
  }

  #isLastResort(replica: ReplicaView, call: CallView, fleet: FleetView, means: Means): boolean {
    const bound = 1 + this.#epsilon;
    return (
      loadOf(replica) > bound * means.load + this.#added(replica, call, fleet) &&
      replica.inFlight > bound * means.inFlight + 1
    );
  }

  /**
   * Where a session moves to, between turns, when its home is much busier than others and the move gains clearly more
   * than it costs to compute the session's tokens again. Moves that gain little cost much (verl #6533).
   */
  #refuge(call: CallView, home: ReplicaView, fleet: FleetView): ReplicaView | undefined {
    const means = meansOf(call, fleet);
    const load = loadOf(home);
    const isHeavy = load > 1.5 * means.load && load > 0.75 * home.kvTokens;
    const isBusy = home.inFlight > 2 * means.inFlight + 8;
    if (!isHeavy && !isBusy) return undefined;
    const costAt = (replica: ReplicaView) =>
      (tokensOf(replica) + call.promptTokens - (call.hasGroup(replica) ? call.groupTokens : 0)) * replica.slowness;
    const best = cheapest(
      fleet.members.filter((replica) => replica !== home && call.isOpen(replica) && fleet.takesHomes(replica)),
      costAt,
      (replica) => rendezvousRank(call.key, replica.id),
    );
    if (!best || load - costAt(best) <= 2 * call.promptTokens + 0.1 * home.kvTokens) return undefined;
    return best;
  }
}
