import type { Clock } from "../../../core/clock.ts";

/** What the fleet is like at the moment. */
export interface CapacityObservation {
  /** Sessions that run. */
  readonly sessions: number;
  /** Sessions that have ended, ever. */
  readonly finished: number;
  /** Tokens of all sessions, those between two turns included. */
  readonly residentTokens: number;
  /** Tokens that the KV caches of the replicas that take calls hold. */
  readonly kvTokens: number;
  /** Calls in flight, and calls that wait, here or in engines. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Preemptions in all engines, ever. */
  readonly preemptions: number;
}

const POLL_MS = 5_000;
const [GROW_BELOW, TRIM_ABOVE, TRIM_TO] = [0.6, 0.8, 0.7];
const GROWTH = 1.25;
/** Share of the advice that must be in use before it grows. */
const USED = 0.9;
const QUEUED_POLLS = 6;

/**
 * How many sessions should run at once so that their tokens stay cached between turns: multiplied by 1.25 once per
 * turnover while the caches are not full, cut when they are, when calls queue and when engines preempt. prime-rl's
 * concurrency controller with its numbers, but for the signal: the tokens that sessions hold, as the gauge of an engine
 * forgets a session between its turns.
 */
export class CapacityAdvice {
  readonly #clock: Clock;
  #advised: number | null = null;
  #nextAt = 0;
  #finishedAtGrowth = 0;
  #queuedPolls = 0;
  #preemptions = 0;
  #wasPreempting = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sessions; null before the first observation. At least 1. */
  get sessions(): number | null {
    return this.#advised === null ? null : Math.max(1, Math.floor(this.#advised));
  }

  /** Looks every 5 seconds; in between it does nothing. `contextTokens`: of one session, at most. */
  observe(observe: () => CapacityObservation, contextTokens: number): void {
    const now = this.#clock.monotonic();
    if (now < this.#nextAt) return;
    const seen = observe();
    if (seen.kvTokens === 0) return;
    this.#nextAt = now + POLL_MS;
    this.#advised ??= seen.kvTokens / contextTokens;
    this.#advised = this.#next(this.#advised, seen);
  }

  #next(advised: number, seen: CapacityObservation): number {
    const preempted = seen.preemptions > this.#preemptions;
    const again = preempted && this.#wasPreempting;
    this.#preemptions = seen.preemptions;
    this.#wasPreempting = preempted;
    this.#queuedPolls = seen.waiting > seen.inFlight / 2 ? this.#queuedPolls + 1 : 0;
    const used = Math.min(advised, seen.sessions);
    if (preempted) return this.#cut(used * (again ? 0.5 : 0.8), seen);
    if (this.#queuedPolls >= QUEUED_POLLS) {
      this.#queuedPolls = 0;
      return this.#cut(used * 0.9, seen);
    }
    const fill = seen.residentTokens / seen.kvTokens;
    if (fill > TRIM_ABOVE) return this.#cut((used * TRIM_TO) / fill, seen);
    const isTurnedOver = seen.finished - this.#finishedAtGrowth >= advised;
    if (fill >= GROW_BELOW || seen.waiting > 0 || seen.sessions < USED * advised || !isTurnedOver) return advised;
    this.#finishedAtGrowth = seen.finished;
    return advised * GROWTH;
  }

  #cut(to: number, { finished }: CapacityObservation): number {
    this.#finishedAtGrowth = finished;
    return Math.max(1, to);
  }
}
