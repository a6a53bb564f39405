import type { Clock } from "../../../core/clock.ts";
import type { ReplicaState } from "../policies/policy.ts";
import { Breaker } from "./breaker.ts";
import { Heartbeat, type HeartbeatLimits, type Scrape } from "./heartbeat.ts";

const BAD_PROBES = 3;
/** Without any answer by most replicas, at once: about a minute. */
const SILENT_PROBES = 15;
const GOOD_PROBES = 2;

/** What a probe of `/health` came to; `silent`: no answer in time. */
export type Probe = "good" | "bad" | "silent";

/** What an operator or a trainer has said about a replica; outranks what is observed. */
export interface Orders {
  isPaused: boolean;
  isDraining: boolean;
  /** Not a member any more: drains, then goes. */
  isLeaving: boolean;
  isStale: boolean;
}

/**
 * The state of one replica, from probes of `/health` (3 bad or silent: dead, 2 good: ready), scrapes (`Heartbeat`), calls
 * (`Breaker`) and orders. Told by its owner, tells nobody: read `state` afterwards.
 */
export class ReplicaHealth {
  readonly breaker = new Breaker();
  readonly heartbeat: Heartbeat;
  readonly orders: Orders = { isPaused: false, isDraining: false, isLeaving: false, isStale: false };
  readonly #clock: Clock;
  #probed: "starting" | "ready" | "dead" = "starting";
  #good = 0;
  #bad = 0;
  #silentWithMost = 0;
  #isSilent = false;
  #readySince = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, heartbeat?: Partial<HeartbeatLimits>) {
    this.#clock = clock;
    this.heartbeat = new Heartbeat(heartbeat);
  }

  /** When probes found it ready, on the clock's `monotonic()`; -Infinity before. */
  get readySince(): number {
    return this.#readySince;
  }

  get state(): ReplicaState {
    if (this.isDead) return "dead";
    if (this.orders.isDraining || this.orders.isLeaving) return "draining";
    if (this.#probed === "starting") return "starting";
    if (this.orders.isPaused) return "paused";
    if (this.orders.isStale) return "stale";
    return this.heartbeat.verdict === "suspect" || !this.breaker.isClosed ? "suspect" : "ready";
  }

  get isDead(): boolean {
    return this.#probed === "dead" || this.heartbeat.verdict === "dead";
  }

  /** Ready but for what calls told. */
  get isSuspectByCalls(): boolean {
    return this.state === "suspect" && this.heartbeat.verdict === "beating" && this.breaker.isOpenByCalls;
  }

  /** Whether a suspect may have one call, to see. */
  get isOnTrial(): boolean {
    return (
      this.state === "suspect" && this.heartbeat.verdict === "beating" && this.breaker.admits(this.#clock.monotonic())
    );
  }

  /** Whether its last probe was not answered in time. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /**
   * The result of a probe. In a pause only good ones count: what is being updated may not answer. While most of a fleet is silent,
   * they are too busy to answer, or we are to hear them: to take their calls away would lose all of their work, so that is
   * believed only after a minute.
   */
  probed(probe: Probe, areMostSilent = false): void {
    const isGood = probe === "good";
    this.#isSilent = probe === "silent";
    if (!isGood && this.orders.isPaused) return;
    this.#good = isGood ? this.#good + 1 : 0;
    if (isGood) this.#bad = this.#silentWithMost = 0;
    else if (probe === "silent" && areMostSilent) this.#silentWithMost++;
    else this.#bad++;
    const isGone = this.#bad >= BAD_PROBES || this.#silentWithMost >= SILENT_PROBES;
    if (isGone && this.#probed !== "starting") this.#probed = "dead";
    if (this.#good < GOOD_PROBES || this.#probed === "ready") return;
    this.#probed = "ready";
    this.#readySince = this.#clock.monotonic();
    this.breaker.reset();
    this.heartbeat.start(this.#readySince);
  }

  /** Answers whether the engine has been started anew, so that nothing is cached any more. */
  scraped(scrape: Scrape, inFlight: number): boolean {
    const isResting = scrape.isResting === true || this.orders.isPaused;
    const now = this.#clock.monotonic();
    const isRestarted = this.heartbeat.scraped({ ...scrape, isResting }, inFlight, now);
    if (inFlight === 0 && this.heartbeat.verdict !== "beating") {
      // With no calls it cannot show that it is well again, so it will be tried.
      this.breaker.trip(now);
      this.heartbeat.rest();
    }
    return isRestarted;
  }

  pause(): void {
    this.orders.isPaused = true;
    this.#bad = 0;
    this.heartbeat.rest();
  }

  resume(): void {
    this.orders.isPaused = false;
    this.heartbeat.rest();
  }
}
