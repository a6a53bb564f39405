import {
  type CallView,
  cheapest,
  type Choice,
  type FleetView,
  type Policy,
  type ReplicaView,
  send,
  WAIT,
} from "./policy.ts";

/** Share of the prompt that is probably cached there. */
const matched = (call: CallView, replica: ReplicaView) => call.cachedTokens(replica) / Math.max(1, call.promptTokens);

/**
 * vllm-router's and SMG's `cache_aware` with their command line's defaults: the best match when it is more than 0.3 of
 * the prompt, else the fewest calls in flight; load alone while these differ by more than 64 and 1.5 times.
 */
export class CacheAware implements Policy {
  readonly name = "cache_aware";
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const open = fleet.members.filter((replica) => call.isOpen(replica));
    const loads = open.map(({ inFlight }) => inFlight);
    const [most, fewest] = [Math.max(...loads), Math.min(...loads)];
    const isImbalanced = most - fewest > 64 && most > 1.5 * fewest;
    const best = isImbalanced
      ? undefined
      : cheapest(
          open,
          (one) => -matched(call, one),
          (one) => one.inFlight,
        );
    if (best && matched(call, best) > 0.3) return send(call, best);
    const idle = open.filter(({ inFlight }) => inFlight === fewest);
    const replica = idle[Math.floor(this.#random() * idle.length)];
    return replica ? send(call, replica) : WAIT;
  }
}

/**
 * llm-d's weighted scoring as prime-rl deploys it for agents: 3 × the matched share of the prompt + 2 × freedom from
 * active requests (1 for the fewest, 0 for the most), the highest score, ties by chance.
 */
export class Scored implements Policy {
  readonly name = "scored";
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  choose(call: CallView, fleet: FleetView): Choice {
    const open = fleet.members.filter((replica) => call.isOpen(replica));
    const most = Math.max(...open.map(({ inFlight }) => inFlight));
    const chances = new Map(open.map((replica) => [replica, this.#random()]));
    const replica = cheapest(
      open,
      (one) => -(3 * matched(call, one) + 2 * (most === 0 ? 1 : (most - one.inFlight) / most)),
      (one) => chances.get(one) ?? 0,
    );
    return replica ? send(call, replica) : WAIT;
  }
}
