import { type CallView, cheapest, type Choice, type FleetView, type Policy, send, WAIT } from "./policy.ts";

const openOf = (call: CallView, fleet: FleetView) => fleet.members.filter((replica) => call.isOpen(replica));

/** Any replica, by chance. */
export class RandomPolicy implements Policy {
  readonly name = "random";
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const open = openOf(call, fleet);
    const replica = open[Math.floor(this.#random() * open.length)];
    return replica ? send(call, replica) : WAIT;
  }
}

/** One after the other. */
export class RoundRobin implements Policy {
  readonly name = "round_robin";
  #next = 0;

  choose(call: CallView, fleet: FleetView): Choice {
    const { members } = fleet;
    for (let i = 0; i < members.length; i++) {
      const replica = members[(this.#next + i) % members.length];
      if (!replica || !call.isOpen(replica)) continue;
      this.#next = (this.#next + i + 1) % members.length;
      return send(call, replica);
    }
    return WAIT;
  }
}

/** The fewest calls in flight, ties by chance: the first of equals would get every cold start (verl #7613). */
export class LeastRequests implements Policy {
  readonly name = "least_requests";
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const fewest = Math.min(...openOf(call, fleet).map((replica) => replica.inFlight));
    const open = openOf(call, fleet).filter((replica) => replica.inFlight === fewest);
    const replica = open[Math.floor(this.#random() * open.length)];
    return replica ? send(call, replica) : WAIT;
  }
}

/** Of two by chance, the one with fewer calls in flight. */
export class PowerOfTwo implements Policy {
  readonly name = "power_of_two";
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const open = openOf(call, fleet);
    const first = Math.floor(this.#random() * open.length);
    const second = (first + 1 + Math.floor(this.#random() * (open.length - 1))) % open.length;
    const pair = [open[first], open[second]].filter((replica) => replica !== undefined);
    const replica = cheapest(
      pair,
      ({ inFlight }) => inFlight,
      () => 0,
    );
    return replica ? send(call, replica) : WAIT;
  }
}
