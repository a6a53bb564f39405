import type { Replica } from "./replica.ts";

/** How long a prompt counts as cached after the last sibling has left, milliseconds. */
const LINGER_MS = 120_000;

/** A group's prompt at one replica. */
interface Place {
  readonly replica: Replica;
  sessions: number;
  inFlight: number;
  /** When a sibling was last there. */
  usedAt: number;
}

/** Sessions that begin with the same prompt. */
export class Group {
  readonly key: string;
  /** Tokens of the prompt they share: the first estimate, then the engine's count. */
  #tokens: number;
  #isCounted = false;
  readonly #places = new Map<Replica, Place>();

  constructor(key: string, tokens: number) {
    this.key = key;
    this.#tokens = tokens;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** The engine's count of a first prompt. Answers by how much the estimate was too low; 0 but for the first time. */
  count(tokens: number): number {
    if (this.#isCounted) return 0;
    this.#isCounted = true;
    const difference = tokens - this.#tokens;
    this.#tokens = tokens;
    for (const { replica, sessions, inFlight } of this.#places.values()) {
      if (sessions > 0) replica.sharedTokens += difference;
      if (inFlight > 0) replica.activeTokens += difference;
    }
    return difference;
  }

  isAt(replica: Replica, now: number): boolean {
    const place = this.#places.get(replica);
    return place !== undefined && (place.sessions > 0 || place.inFlight > 0 || now - place.usedAt < LINGER_MS);
  }

  isInFlightAt(replica: Replica): boolean {
    return (this.#places.get(replica)?.inFlight ?? 0) > 0;
  }

  join(replica: Replica, now: number): void {
    const place = this.#placeAt(replica, now);
    if (place.sessions++ === 0) replica.sharedTokens += this.#tokens;
  }

  leave(replica: Replica, now: number): void {
    const place = this.#placeAt(replica, now);
    if (--place.sessions === 0) replica.sharedTokens -= this.#tokens;
  }

  /** A call begins. */
  enter(replica: Replica, now: number): void {
    const place = this.#placeAt(replica, now);
    if (place.inFlight++ === 0) replica.activeTokens += this.#tokens;
  }

  /** A call ends. */
  exit(replica: Replica, now: number): void {
    const place = this.#placeAt(replica, now);
    if (--place.inFlight === 0) replica.activeTokens -= this.#tokens;
  }

  /** What the replica had cached is lost. */
  forget(replica: Replica): void {
    const place = this.#places.get(replica);
    if (place) place.usedAt = Number.NEGATIVE_INFINITY;
  }

  /** Drops places that no longer count; true when none is left. */
  sweep(now: number): boolean {
    for (const replica of this.#places.keys()) if (!this.isAt(replica, now)) this.#places.delete(replica);
    return this.#places.size === 0;
  }

  #placeAt(replica: Replica, now: number): Place {
    let place = this.#places.get(replica);
    if (!place) this.#places.set(replica, (place = { replica, sessions: 0, inFlight: 0, usedAt: now }));
    place.usedAt = now;
    return place;
  }
}
