import { createHash } from "node:crypto";
import { rendezvousRank } from "./hash.ts";
import { type CallView, cheapest, type Choice, type FleetView, type Policy, send, WAIT } from "./policy.ts";
import { boundedOwner, Ring } from "./ring.ts";

/**
 * NeMo Gym's `vllm_model`: the first 8 bytes of SHA-256 of the session, modulo the number of replicas. Whatever state
 * that one is in: a call waits for it.
 */
export class HashModulo implements Policy {
  readonly name = "hash_mod";
  readonly isFixed = true;

  choose(call: CallView, fleet: FleetView): Choice {
    const { members } = fleet;
    if (members.length === 0) return WAIT;
    const hash = createHash("sha256").update(call.key).digest().readBigUInt64BE(0);
    const replica = members[Number(hash % BigInt(members.length))];
    if (!replica) return WAIT;
    return call.isOpen(replica) ? send(call, replica) : { kind: "wait", replica };
  }
}

/** Consistent hashing with bounded load, decided anew at each turn (`boundedOwner`). */
export class BoundedLoadRing implements Policy {
  readonly name = "chwbl";
  readonly #ring = new Ring();
  readonly #epsilon: number;

  constructor(epsilon = 0.25) {
    this.#epsilon = epsilon;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const replica = boundedOwner(this.#ring, call.key, fleet, (one) => call.isOpen(one), this.#epsilon);
    return replica ? send(call, replica) : WAIT;
  }
}

/** vllm-router's `sticky_least_loaded`: a session settles where the fewest live, and never moves while it need not. */
export class StickyLeastSessions implements Policy {
  readonly name = "sticky_least_sessions";

  choose(call: CallView, fleet: FleetView): Choice {
    const { home } = call;
    if (home && call.isOpen(home)) return { kind: "send", replica: home, reason: "home" };
    if (home && (call.isEligible(home) || home.state === "paused")) return { kind: "wait", replica: home };
    const replica = cheapest(
      fleet.members.filter((one) => call.isOpen(one)),
      ({ sessions }) => sessions,
      (one) => rendezvousRank(call.key, one.id),
    );
    return replica ? send(call, replica) : WAIT;
  }
}
