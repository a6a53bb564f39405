import type { Call } from "../fleet/fleet.ts";
import type { Replica } from "../fleet/replica.ts";
import type { Ticket } from "../ticket.ts";
import { type Attempt, FairQueue, type QueueEntry } from "./fair-queue.ts";

/** A call that waits, and for whom: one replica, or any. */
export interface Waiting {
  readonly call: Call;
  readonly ticket: Ticket;
  pinnedTo: Replica | null;
  entry: QueueEntry<Waiting> | null;
}

/** Turns of sessions that run go before first turns: they hold cache, and a rollout begun should end. */
function bandOf({ facts, session }: Call): number {
  const isFirst = session !== null && session.answered === 0 && facts.continued !== true;
  return -2 * (facts.priority ?? 0) + (isFirst ? 1 : 0);
}

/** All calls that wait: a fair queue for each replica that calls wait for, and one for those that can go anywhere. */
export class WaitingRoom {
  readonly #all = new Set<Waiting>();
  readonly #anywhere = new FairQueue<Waiting>();
  readonly #pinned = new Map<Replica, FairQueue<Waiting>>();

  get size(): number {
    return this.#all.size;
  }

  add(call: Call, ticket: Ticket, pinnedTo: Replica | null): Waiting {
    const waiting: Waiting = { call, ticket, pinnedTo, entry: null };
    this.#all.add(waiting);
    this.#enqueue(waiting);
    return waiting;
  }

  remove(waiting: Waiting): void {
    this.#all.delete(waiting);
    this.#dequeue(waiting);
  }

  /** Waits for somebody else from now on, behind those who wait for him already. */
  move(waiting: Waiting, pinnedTo: Replica | null): void {
    this.#dequeue(waiting);
    waiting.pinnedTo = pinnedTo;
    this.#enqueue(waiting);
  }

  /** Whether somebody waits who has as much right as the call to room at the replica. */
  isBefore(call: Call, replica: Replica): boolean {
    if (this.size === 0) return false;
    const band = bandOf(call);
    for (const queue of [this.#pinned.get(replica), this.#anywhere])
      for (const one of queue?.bands ?? []) if (one <= band) return true;
    return false;
  }

  [Symbol.iterator](): IterableIterator<Waiting> {
    return this.#all.values();
  }

  /** Offers who waits to `attempt`: by band, and in a band those first who wait for one replica. */
  serve(attempt: (waiting: Waiting) => Attempt): void {
    const queues = [...this.#pinned.values(), this.#anywhere].filter(({ size }) => size > 0);
    const bands = new Set(queues.flatMap((queue) => [...queue.bands]));
    const blocked = new Set<FairQueue<Waiting>>();
    for (const band of [...bands].sort((a, b) => a - b))
      for (const queue of queues) {
        if (blocked.has(queue)) continue;
        if (queue.serve(band, (waiting) => this.#offer(waiting, attempt))) blocked.add(queue);
      }
    for (const [replica, queue] of this.#pinned) if (queue.size === 0) this.#pinned.delete(replica);
  }

  #offer(waiting: Waiting, attempt: (waiting: Waiting) => Attempt): Attempt {
    const outcome = attempt(waiting);
    if (outcome === "taken") this.#all.delete(waiting);
    return outcome;
  }

  #enqueue(waiting: Waiting): void {
    const { call, pinnedTo } = waiting;
    const { flow = "", weight = 1 } = call.facts;
    const standing = { band: bandOf(call), flow, weight, cost: call.promptTokens };
    let queue = pinnedTo ? this.#pinned.get(pinnedTo) : this.#anywhere;
    if (pinnedTo && !queue) this.#pinned.set(pinnedTo, (queue = new FairQueue()));
    waiting.entry = queue?.push(waiting, standing) ?? null;
  }

  #dequeue({ entry, pinnedTo }: Waiting): void {
    const queue = pinnedTo ? this.#pinned.get(pinnedTo) : this.#anywhere;
    if (!entry || !queue) return;
    queue.remove(entry);
    if (pinnedTo && queue.size === 0) this.#pinned.delete(pinnedTo);
  }
}
