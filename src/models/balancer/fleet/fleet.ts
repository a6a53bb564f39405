import type { Clock } from "../../../core/clock.ts";
import type { CallFacts, CallUsage } from "../call.ts";
import type { FleetView } from "../policies/policy.ts";
import { Estimates } from "./estimates.ts";
import { Group } from "./groups.ts";
import { slownessOf } from "./pace.ts";
import type { Replica } from "./replica.ts";
import { Session, type SessionLimits, Sessions } from "./sessions.ts";

/** For so long after it became ready, a replica gets new homes at no more than twice the mean rate. */
const RAMP_MS = 30_000;

/** A call that is being placed: its facts, and what the fleet knows beside them. */
export interface Call {
  readonly facts: CallFacts;
  readonly session: Session | null;
  readonly group: Group | null;
  readonly promptTokens: number;
  /** Of the prompt, what is not the group's. */
  readonly ownTokens: number;
}

/** Replicas, sessions and groups of one model, and the loads that follow from them. */
export class Fleet implements FleetView {
  readonly estimates = new Estimates();
  readonly #clock: Clock;
  readonly #sessions: Sessions;
  readonly #groups = new Map<string, Group>();
  #members: readonly Replica[] = [];
  #generation = 0;
  #homesGiven = 0;
  #finished = 0;

  constructor(clock: Clock, limits: SessionLimits) {
    this.#clock = clock;
    this.#sessions = new Sessions(limits, clock, (session) => this.#unsettle(session));
  }

  get members(): readonly Replica[] {
    return this.#members;
  }

  get generation(): number {
    return this.#generation;
  }

  get growthTokens(): number {
    return this.estimates.growthTokens;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Sessions that have ended, ever. */
  get finished(): number {
    return this.#finished;
  }

  setMembers(members: readonly Replica[]): void {
    for (const replica of this.#members) if (!members.includes(replica)) this.evict(replica);
    this.#members = members;
    this.#generation++;
  }

  takesHomes(replica: Replica): boolean {
    // A fleet that starts as a whole has nobody to take it slowly beside.
    if (!this.#isRamping(replica) || this.#members.every((member) => this.#isRamping(member))) return true;
    const mean = (this.#homesGiven - replica.homesBefore) / this.#members.length;
    return replica.homes <= 2 * mean;
  }

  #isRamping(replica: Replica): boolean {
    const { state, readySince } = replica.health;
    return state !== "ready" || this.#clock.monotonic() - readySince < RAMP_MS;
  }

  /** A replica became ready: its ramp begins. */
  startRamp(replica: Replica): void {
    replica.homes = 0;
    replica.homesBefore = this.#homesGiven;
  }

  /** What the fleet knows of a call. Makes its session and group known. */
  describe(facts: CallFacts): Call {
    const session = facts.session === undefined ? null : this.#sessionOf(facts, facts.session);
    const group = session ? session.group : this.#groupOf(facts);
    const promptTokens = this.#promptTokensOf(facts, session);
    // A first prompt is the group's; only what lies beyond is the session's own.
    const ownTokens = Math.max(0, promptTokens - (group?.tokens ?? 0));
    return { facts, session, group, promptTokens, ownTokens };
  }

  /** Active tokens that the call would add to the replica. */
  demandOf(call: Call, replica: Replica): number {
    const shared = call.group && !call.group.isInFlightAt(replica) ? call.group.tokens : 0;
    return shared + call.ownTokens + Math.ceil(this.estimates.completionTokens);
  }

  /** A call goes to the replica: counts it, and settles its session there. Answers what `exit` takes back. */
  enter(call: Call, replica: Replica): { readonly activeTokens: number } {
    const now = this.#clock.monotonic();
    // Whole numbers: what is taken back must be what was added.
    const activeTokens = call.ownTokens + Math.ceil(this.estimates.completionTokens);
    replica.inFlight++;
    replica.activeTokens += activeTokens;
    call.group?.enter(replica, now);
    if (call.facts.prefix) replica.prefixes.add(call.facts.prefix);
    if (call.session) {
      // It may have been forgotten while the call waited.
      this.#sessions.add(call.session);
      call.session.inFlight++;
      this.#settle(call.session, replica);
    } else replica.looseTokens += call.promptTokens;
    return { activeTokens };
  }

  /** The call has ended, one way or another. */
  exit(call: Call, replica: Replica, entered: { readonly activeTokens: number }): void {
    replica.inFlight--;
    replica.activeTokens -= entered.activeTokens;
    call.group?.exit(replica, this.#clock.monotonic());
    if (call.session) call.session.inFlight--;
    else replica.looseTokens -= call.promptTokens;
  }

  /** Learns from an answered call. */
  learn(call: Call, replica: Replica, usage: CallUsage, ms: number): void {
    const bytes = "bytes" in call.facts.size ? call.facts.size.bytes : null;
    this.estimates.learnCall(bytes, usage);
    replica.pace.add(ms, usage.completionTokens);
    for (const [i, slowness] of slownessOf(this.#members.map(({ pace }) => pace)).entries()) {
      const member = this.#members[i];
      if (member) member.slowness = slowness;
    }
    const { session } = call;
    if (!session) return;
    if (session.answered++ === 0 && call.facts.continued !== true) session.group?.count(usage.promptTokens);
    session.last = { bytes, tokens: usage.promptTokens };
    const own = usage.promptTokens + usage.completionTokens - (session.group?.tokens ?? 0);
    this.#resize(session, Math.max(0, own));
  }

  /** The session's rollout has ended. */
  finish(key: string): void {
    const session = this.#sessions.get(key);
    if (!session) return;
    if (session.answered > 0) this.estimates.learnSession(session.privateTokens);
    this.#finished++;
    this.#sessions.delete(key);
  }

  /** What the replica had cached is lost: its sessions have no home any more. */
  evict(replica: Replica): void {
    for (const session of replica.residents) this.#unsettle(session);
    for (const group of this.#groups.values()) group.forget(replica);
    replica.prefixes.clear();
  }

  hasGroup(call: Call, replica: Replica): boolean {
    return call.group?.isAt(replica, this.#clock.monotonic()) ?? false;
  }

  /** Forgets sessions and prompts that were not used for long. */
  sweep(): void {
    this.#sessions.sweep();
    const now = this.#clock.monotonic();
    for (const [key, group] of this.#groups) if (group.sweep(now)) this.#groups.delete(key);
  }

  #sessionOf(facts: CallFacts, key: string): Session {
    const known = this.#sessions.get(key);
    if (known) return known;
    const session = new Session(key, this.#groupOf(facts));
    this.#sessions.add(session);
    return session;
  }

  #groupOf(facts: CallFacts): Group | null {
    if (facts.group === undefined) return null;
    const known = this.#groups.get(facts.group);
    // The prompt of a continued session says nothing of how long the group's is.
    if (known || facts.continued === true) return known ?? null;
    const group = new Group(facts.group, this.#promptTokensOf(facts, null));
    this.#groups.set(facts.group, group);
    return group;
  }

  #promptTokensOf({ size }: CallFacts, session: Session | null): number {
    if ("tokens" in size) return size.tokens;
    const last = session?.last;
    // The engine's count of the last prompt, and an estimate of only what has come since.
    if (last && last.bytes !== null && size.bytes >= last.bytes)
      return last.tokens + this.estimates.tokensOf(size.bytes - last.bytes);
    return this.estimates.tokensOf(size.bytes);
  }

  #settle(session: Session, replica: Replica): void {
    if (session.home === replica) return;
    this.#unsettle(session);
    session.home = replica;
    session.isSettled = true;
    replica.residents.add(session);
    replica.privateTokens += session.privateTokens;
    session.group?.join(replica, this.#clock.monotonic());
    replica.homes++;
    this.#homesGiven++;
  }

  #unsettle(session: Session): void {
    const { home } = session;
    if (!home) return;
    session.home = null;
    home.residents.delete(session);
    home.privateTokens -= session.privateTokens;
    session.group?.leave(home, this.#clock.monotonic());
  }

  #resize(session: Session, privateTokens: number): void {
    if (session.home) session.home.privateTokens += privateTokens - session.privateTokens;
    session.privateTokens = privateTokens;
  }
}
