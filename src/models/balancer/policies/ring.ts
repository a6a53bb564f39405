import { hash32 } from "./hash.ts";
import type { FleetView, ReplicaView } from "./policy.ts";

/** Points of each replica on the ring, as vllm-router has them. */
const POINTS = 160;

/** A hash ring over all members, made anew when the membership changes. */
export class Ring {
  #generation = Number.NaN;
  #points: { readonly at: number; readonly replica: ReplicaView }[] = [];

  /** The members from the key's owner on, each once. */
  *from(key: string, fleet: FleetView): Generator<ReplicaView> {
    if (fleet.generation !== this.#generation) this.#build(fleet);
    const points = this.#points;
    const hash = hash32(key);
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle]?.at ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    const seen = new Set<ReplicaView>();
    for (let i = 0; i < points.length && seen.size < fleet.members.length; i++) {
      const replica = points[(low + i) % points.length]?.replica;
      if (!replica || seen.has(replica)) continue;
      seen.add(replica);
      yield replica;
    }
  }

  #build({ members, generation }: FleetView): void {
    this.#generation = generation;
    this.#points = members
      .flatMap((replica) => Array.from({ length: POINTS }, (_, i) => ({ at: hash32(`${replica.id}#${i}`), replica })))
      .sort((a, b) => a.at - b.at);
  }
}

/**
 * Consistent hashing with bounded load (Mirrokni, Thorup, Zadimoghaddam 2016; KubeAI's `PrefixHash`): the first
 * replica from the owner on that has fewer calls in flight than 1 + `epsilon` times the mean, this call counted.
 */
export function boundedOwner(
  ring: Ring,
  key: string,
  fleet: FleetView,
  isOpen: (replica: ReplicaView) => boolean,
  epsilon = 0.25,
): ReplicaView | undefined {
  let [open, inFlight] = [0, 1];
  for (const replica of fleet.members) {
    if (!isOpen(replica)) continue;
    open++;
    inFlight += replica.inFlight;
  }
  const bound = Math.ceil(((1 + epsilon) * inFlight) / open);
  let owner: ReplicaView | undefined;
  for (const replica of ring.from(key, fleet)) {
    if (!isOpen(replica)) continue;
    if (replica.inFlight < bound) return replica;
    owner ??= replica;
  }
  return owner;
}
