import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { CapacityAdvice } from "./admission/capacity-advice.ts";
import type { Attempt } from "./admission/fair-queue.ts";
import { Throughput } from "./admission/throughput.ts";
import { type Waiting, WaitingRoom } from "./admission/waiting-room.ts";
import type { CallFacts, Refusal } from "./call.ts";
import { type Call, Fleet } from "./fleet/fleet.ts";
import { Replica } from "./fleet/replica.ts";
import { DEFAULT_SESSION_LIMITS } from "./fleet/sessions.ts";
import type { HeartbeatLimits, Scrape } from "./health/heartbeat.ts";
import { type Probe, ReplicaHealth } from "./health/replica-health.ts";
import { Lease, type LeaseEnd } from "./lease.ts";
import { capsOf, checkMembership } from "./membership.ts";
import type { BalancerOptions, Membership } from "./options.ts";
import { Placement } from "./placement.ts";
import type { Policy, Reason } from "./policies/policy.ts";
import { type BalancerSnapshot, capacityOf, snapshotOf } from "./snapshot.ts";
import { Ticket } from "./ticket.ts";

const MAX_WAITING = 10_000;
const SWEEP_MS = 60_000;
const CONTEXT_TOKENS = 32_768;

/**
 * Gives each call of one model the replica it goes to. Has neither timers nor I/O: whoever owns it tells it what
 * probes, scrapes and calls showed, and calls `tick` about once a second. Everything happens inside these calls, so the
 * same events at the same times give the same decisions, on any clock.
 */
export class Balancer {
  readonly #clock: Clock;
  readonly #policy: Policy;
  readonly #fleet: Fleet;
  readonly #waiting = new WaitingRoom();
  readonly #maxWaiting: number;
  readonly #throughput: Throughput;
  readonly #advice: CapacityAdvice;
  readonly #contextTokens: number;
  readonly #heartbeat: Partial<HeartbeatLimits> | undefined;
  readonly #replicas = new Map<string, Replica>();
  #generation = -1;
  #sweptAt: number;
  #isDispatching = false;
  #isDirty = false;
  #isClosed = false;

  constructor(options: BalancerOptions) {
    const { clock, policy, sessions, maxWaiting = MAX_WAITING, contextTokens = CONTEXT_TOKENS } = options;
    this.#clock = clock;
    this.#policy = policy;
    this.#fleet = new Fleet(clock, { ...DEFAULT_SESSION_LIMITS, ...sessions });
    this.#maxWaiting = maxWaiting;
    this.#throughput = new Throughput(clock);
    this.#advice = new CapacityAdvice(clock);
    this.#contextTokens = contextTokens;
    this.#heartbeat = options.heartbeat;
    this.#sweptAt = clock.monotonic();
  }

  /** A lease at once, a ticket when the call has to wait, a refusal when it may not even wait. */
  acquire(facts: CallFacts): Lease | Ticket | Refusal {
    if (this.#isClosed) return { kind: "refusal", reason: "closed" };
    const call = this.#fleet.describe(facts);
    const choice = this.#policy.choose(this.#placementOf(call), this.#fleet);
    const replica = choice.replica && this.#replicaOf(choice.replica.id);
    if (choice.kind === "send" && replica && !this.#waiting.isBefore(call, replica))
      return this.#grant(call, replica, choice.reason);
    if (facts.deadline <= this.#clock.monotonic()) return this.#late(call);
    if (this.#waiting.size >= this.#maxWaiting)
      return { kind: "refusal", reason: "queue_full", retryAfterSeconds: this.#retryAfter() };
    const ticket: Ticket = new Ticket(() => this.#waiting.remove(waiting));
    const waiting = this.#waiting.add(
      call,
      ticket,
      choice.kind === "wait" || choice.reason === "home" ? replica : null,
    );
    // Those who were there before it may all be able to go now, and then so may it.
    if (choice.kind === "send") this.#changed();
    return ticket.result ?? ticket;
  }

  /** A session's rollout has ended, in whatever way: its tokens are nobody's any more. */
  finish(session: string): void {
    this.#fleet.finish(session);
  }

  /**
   * Replaces the membership as a whole. The same generation again changes nothing; an older one is refused with
   * `invalid_request`. Who is missing drains: it finishes its calls and leaves; who comes back meanwhile stays.
   */
  setMembers(membership: Membership): void {
    checkMembership(membership);
    const { generation, members } = membership;
    if (generation < this.#generation)
      throw new SandlotError("invalid_request", {
        fields: [{ field: "generation", problem: `is older than ${this.#generation}, which is known` }],
      });
    if (generation === this.#generation) return;
    this.#generation = generation;
    const named = new Set(members.map(({ id }) => id));
    for (const [id, { health }] of this.#replicas) health.orders.isLeaving = !named.has(id);
    for (const spec of members) {
      const known = this.#replicas.get(spec.id);
      if (known) known.caps = capsOf(spec);
      else {
        const health = new ReplicaHealth(this.#clock, this.#heartbeat);
        this.#replicas.set(spec.id, new Replica(spec.id, capsOf(spec), health));
      }
    }
    this.#changed();
  }

  /** The result of a probe of `/health`, one every 2 s. Of a replica that has left meanwhile, it is ignored. */
  probed(id: string, probe: Probe): void {
    const replica = this.#replicas.get(id);
    if (!replica) return;
    const others = [...this.#replicas.values()].filter((other) => other !== replica);
    const silent = others.filter(({ health }) => health.isSilent).length + 1;
    replica.health.probed(probe, silent > this.#replicas.size / 2);
    this.#changed();
  }

  /**
   * What a scrape of `/metrics` showed, one every 2 s. A scrape that failed says nothing. Answers whether the engine was started anew
   * since the last one.
   */
  scraped(id: string, scrape: Scrape): boolean {
    const replica = this.#replicas.get(id);
    if (!replica) return false;
    const isRestarted = replica.health.scraped(scrape, replica.inFlight);
    if (isRestarted) this.#fleet.evict(replica);
    const { waiting = 0, preemptions = 0, kvTokens = replica.engine.kvTokens } = scrape;
    replica.engine = { waiting, preemptions, kvTokens };
    this.#changed();
    return isRestarted;
  }

  /** Gives it no new work; its sessions move as they make their next turns. `isOn` false takes it back. */
  drain(id: string, isOn = true): void {
    this.#replicaOf(id).health.orders.isDraining = isOn;
    this.#changed();
  }

  /** A weight update begins: calls wait for it, and what it is found to be like meanwhile does not count. */
  pause(id: string): void {
    this.#replicaOf(id).health.pause();
    this.#changed();
  }

  /** The update has ended; with `isStale` it failed there, so no training rollout goes there until the next one. */
  resume(id: string, { weightVersion, isStale = false }: { weightVersion?: string; isStale?: boolean } = {}): void {
    const replica = this.#replicaOf(id);
    replica.health.resume();
    replica.health.orders.isStale = isStale;
    if (weightVersion !== undefined) replica.weightVersion = weightVersion;
    if (!isStale) for (const lease of replica.leases) lease.updated();
    this.#changed();
  }

  /** Lets time have its effects: deadlines of those who wait, trials of suspects, sessions that were not used for long. */
  tick(): void {
    const now = this.#clock.monotonic();
    for (const waiting of this.#waiting) {
      if (waiting.call.facts.deadline > now) continue;
      this.#waiting.remove(waiting);
      waiting.ticket.settle(this.#late(waiting.call));
    }
    // Calls that wait for a weight update do not say that there are too many.
    const isUpdating = this.#fleet.members.some(({ health }) => health.orders.isPaused);
    if (!isUpdating) this.#advice.observe(() => capacityOf(this.#fleet, this.#waiting), this.#contextTokens);
    if (now - this.#sweptAt >= SWEEP_MS) {
      this.#sweptAt = now;
      this.#fleet.sweep();
    }
    this.#changed();
  }

  /** Bytes of a request body per prompt token, as learned so far. */
  get bytesPerToken(): number {
    return this.#fleet.estimates.bytesPerToken;
  }

  /** How many sessions should run at once; null before the first tick with a replica that takes calls. */
  get advisedSessions(): number | null {
    return this.#advice.sessions;
  }

  /** Whoever waits is refused, and so is whoever comes. Leases are ended by their owners. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting) {
      this.#waiting.remove(waiting);
      waiting.ticket.settle({ kind: "refusal", reason: "closed" });
    }
  }

  snapshot(): BalancerSnapshot {
    return snapshotOf(this.#policy.name, this.#generation, this.#fleet, this.#waiting);
  }

  #grant(call: Call, replica: Replica, reason: Reason): Lease {
    const isTrial = replica.health.breaker.begin();
    const entered = this.#fleet.enter(call, replica);
    const lease: Lease = new Lease({
      replica: replica.id,
      reason,
      grantedAt: this.#clock.monotonic(),
      weightVersion: replica.weightVersion,
      onEnd: (end) => {
        replica.leases.delete(lease);
        this.#fleet.exit(call, replica, entered);
        this.#learn(call, replica, lease, end, isTrial);
        this.#changed();
        return replica.weightVersion;
      },
    });
    replica.leases.add(lease);
    return lease;
  }

  #learn(call: Call, replica: Replica, lease: Lease, end: LeaseEnd, isTrial: boolean): void {
    const now = this.#clock.monotonic();
    const { breaker } = replica.health;
    if (end.kind === "failed") {
      breaker.failed(now, end.fault, isTrial);
      return;
    }
    breaker.succeeded(now, isTrial);
    this.#throughput.count();
    if (end.usage) this.#fleet.learn(call, replica, end.usage, now - lease.grantedAt);
  }

  /** After anything that can change who may be given what. */
  #changed(): void {
    this.#isDirty = true;
    // Listeners of what is settled here may end and acquire leases, which leads here again.
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        this.#settleStates();
        if (this.#waiting.size > 0) this.#waiting.serve((waiting) => this.#attempt(waiting));
      }
    } finally {
      this.#isDispatching = false;
    }
  }

  /** Draws the consequences of states that are new. */
  #settleStates(): void {
    for (const [id, replica] of this.#replicas) {
      const { health, seenState } = replica;
      const { state } = health;
      if (health.orders.isLeaving && (replica.inFlight === 0 || state === "dead")) this.#replicas.delete(id);
      if (state === seenState) continue;
      replica.seenState = state;
      if (state === "ready" && (seenState === "starting" || seenState === "dead")) this.#fleet.startRamp(replica);
      if (state !== "dead") continue;
      this.#fleet.evict(replica);
      for (const lease of replica.leases) lease.revoke();
    }
    const { members } = this.#fleet;
    if (members.length !== this.#replicas.size || members.some((member) => this.#replicas.get(member.id) !== member))
      this.#fleet.setMembers([...this.#replicas.values()]);
  }

  #attempt(waiting: Waiting): Attempt {
    const { call, ticket } = waiting;
    const placement = this.#placementOf(call);
    const choice = this.#policy.choose(placement, this.#fleet);
    if (choice.kind === "send") {
      ticket.settle(this.#grant(call, this.#replicaOf(choice.replica.id), choice.reason));
      return "taken";
    }
    const pinnedTo = choice.replica ? this.#replicaOf(choice.replica.id) : null;
    if (pinnedTo !== waiting.pinnedTo) {
      this.#waiting.move(waiting, pinnedTo);
      return "moved";
    }
    return this.#fleet.members.some((replica) => placement.isEligible(replica)) ? "blocked" : "skipped";
  }

  #placementOf(call: Call): Placement {
    return new Placement(this.#fleet, call, this.#policy.isFixed);
  }

  #late(call: Call): Refusal {
    const placement = this.#placementOf(call);
    const isAny = this.#fleet.members.some((replica) => placement.isEligible(replica));
    const because = isAny ? "no_room" : "none_ready";
    return { kind: "refusal", reason: "deadline", because, retryAfterSeconds: this.#retryAfter() };
  }

  #retryAfter(): number {
    return this.#throughput.secondsFor(this.#waiting.size + 1);
  }

  #replicaOf(id: string): Replica {
    const replica = this.#replicas.get(id);
    if (!replica) throw new SandlotError("not_found", { kind: "replica", id });
    return replica;
  }
}
