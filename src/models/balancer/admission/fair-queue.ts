import { LinkedList, type ListEntry } from "../../../core/linked-list.ts";

/** How an entry stands in the queue. */
export interface Standing {
  /** Lower bands go first, always. */
  readonly band: number;
  /** Flows of a band share by weight. */
  readonly flow: string;
  /** The share of the flow, above 0; the newest entry's counts. */
  readonly weight: number;
  /** What serving the entry takes of the flow's share. */
  readonly cost: number;
}

/** A place in a queue, with which it is left. */
export interface QueueEntry<T> {
  readonly value: T;
  readonly standing: Standing;
}

/**
 * What became of an attempt to serve an entry.
 * - `taken`: it leaves. - `blocked`: there is no room, and nobody behind it may take room before it.
 * - `skipped`: it lacks something that others may not need; its flow waits, others go on.
 * - `moved`: it has left by `remove` and is not served.
 */
export type Attempt = "taken" | "blocked" | "skipped" | "moved";

/** Cost that a flow of weight 1 gains in every round: less than most calls, so that shares hold over short times. */
const QUANTUM = 1_024;

interface Flow<T> {
  readonly entries: LinkedList<QueueEntry<T>>;
  weight: number;
  deficit: number;
}

/** Strict bands; in a band weighted deficit round robin over flows (Shreedhar, Varghese 1995); in a flow, by arrival. */
export class FairQueue<T> {
  readonly #bands = new Map<number, Map<string, Flow<T>>>();
  readonly #places = new Map<QueueEntry<T>, ListEntry<QueueEntry<T>>>();

  get size(): number {
    return this.#places.size;
  }

  get bands(): IterableIterator<number> {
    return this.#bands.keys();
  }

  push(value: T, standing: Standing): QueueEntry<T> {
    const { band, flow, weight } = standing;
    let flows = this.#bands.get(band);
    if (!flows) this.#bands.set(band, (flows = new Map<string, Flow<T>>()));
    let queue = flows.get(flow);
    if (!queue) flows.set(flow, (queue = { entries: new LinkedList(), weight, deficit: 0 }));
    queue.weight = weight;
    const entry = { value, standing };
    this.#places.set(entry, queue.entries.addLast(entry));
    return entry;
  }

  /** Takes an entry out; false when it is not there any more. */
  remove(entry: QueueEntry<T>): boolean {
    const place = this.#places.get(entry);
    const { band, flow } = entry.standing;
    const flows = this.#bands.get(band);
    const queue = flows?.get(flow);
    if (!place || !flows || !queue) return false;
    this.#places.delete(entry);
    queue.entries.remove(place);
    // A flow that leaves takes no unused share with it.
    if (queue.entries.size === 0) flows.delete(flow);
    if (flows.size === 0) this.#bands.delete(band);
    return true;
  }

  /** Offers the entries of a band in order to `attempt` until there are no more or one is blocked; true then. */
  serve(band: number, attempt: (value: T) => Attempt): boolean {
    const skipped = new Set<Flow<T>>();
    for (let next = this.#next(band, skipped); next; next = this.#next(band, skipped)) {
      const { flow, entry } = next;
      const outcome = attempt(entry.value);
      if (outcome === "blocked") return true;
      if (outcome === "skipped") {
        skipped.add(flow);
      }
      if (outcome !== "taken") continue;
      flow.deficit -= entry.standing.cost;
      this.remove(entry);
    }
    return false;
  }

  #next(band: number, skipped: ReadonlySet<Flow<T>>): { flow: Flow<T>; entry: QueueEntry<T> } | undefined {
    const flows = [...(this.#bands.get(band)?.values() ?? [])].filter((flow) => !skipped.has(flow));
    const lacking = ({ entries, weight, deficit }: Flow<T>) =>
      Math.max(0, Math.ceil(((entries.first?.standing.cost ?? 0) - deficit) / (QUANTUM * weight)));
    const rounds = Math.min(...flows.map(lacking));
    for (const flow of flows) if (rounds > 0) flow.deficit += rounds * QUANTUM * flow.weight;
    const flow = flows.find(({ entries, deficit }) => deficit >= (entries.first?.standing.cost ?? 0));
    const entry = flow?.entries.first;
    return flow && entry ? { flow, entry } : undefined;
  }
}
