import type { Clock } from "../../core/clock.ts";
import { type CallContext, throwIfEnded, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { SandboxProvider } from "../port.ts";
import type { SandboxSpec } from "../spec.ts";
import type { Capacity } from "./capacity.ts";
import { HealthCheck } from "./health.ts";
import type { LeaseRequest, SandboxLease } from "./lease.ts";
import type { PoolLimits, PoolSizes } from "./limits.ts";
import type { Member } from "./member.ts";
import { Roster } from "./roster.ts";
import { type Maker, Supply } from "./supply.ts";
import type { PoolStats } from "./views.ts";
import { Waiters } from "./waiters.ts";

export interface PoolOptions {
  readonly provider: SandboxProvider;
  readonly maker: Maker;
  readonly spec: SandboxSpec;
  readonly limits: PoolLimits;
  readonly capacity: Capacity;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `draining`: hands out no more. `closed`: has nothing left. */
export type PoolState = "open" | "draining" | "closed";

export interface PoolLeaseRequest extends LeaseRequest {
  /** When it was asked for, on the pool's clock; default: now. */
  readonly askedAt?: number;
}

interface Wait {
  readonly exclusive: boolean;
  readonly turn: number;
  /** On the pool's clock. */
  readonly deadline: number;
}

/**
 * Warm sandboxes of one specification. Shared leases fill the slots of a sandbox; an exclusive lease gets one that
 * nobody has used and that nobody will use after it.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #waiters = new Waiters();
  readonly #roster: Roster;
  readonly #supply: Supply;
  readonly #health: HealthCheck;
  #state: PoolState = "open";
  #ending: Promise<void> | null = null;
  #claims = 0;
  #hits = 0;
  #usedAt: number;
  /** When a sandbox was last handed out or made. */
  #movedAt: number;
  #cancelSweep: () => void = () => undefined;
  #cancelWatch: (() => void) | null = null;

  constructor(options: PoolOptions) {
    const { clock } = options;
    this.#options = options;
    this.#usedAt = this.#movedAt = clock.monotonic();
    this.#health = new HealthCheck({ ...options, onAnswer: (member, isWell) => this.#answered(member, isWell) });
    this.#roster = new Roster({ ...options, onLost: (member) => this.#supply.lost(member) });
    this.#supply = new Supply({
      ...options,
      roster: this.#roster,
      queue: this.#waiters,
      onMade: () => this.#made(),
      onFailed: (error) => this.#failed(error),
    });
    this.#supply.fill();
    this.#sweepLater();
  }

  get spec(): SandboxSpec {
    return this.#options.spec;
  }

  get state(): PoolState {
    return this.#state;
  }

  get sizes(): PoolSizes {
    return this.#supply.sizes;
  }

  get lastError(): SandlotError | null {
    return this.#supply.lastError;
  }

  get stats(): PoolStats {
    const { size, counts, history } = this.#roster;
    return {
      idle: counts.idle,
      leased: size - counts.idle,
      creating: this.#supply.creating,
      waiting: this.#waiters.size,
      ...this.#supply.history,
      ...history,
      claims: this.#claims,
      hits: this.#hits,
    };
  }

  /** Milliseconds for which nothing has been asked of it, while it has nothing and wants nothing; 0 otherwise. */
  get unusedMs(): number {
    const isEmpty = this.#roster.size + this.#supply.creating + this.#waiters.size + this.sizes.min === 0;
    return isEmpty ? this.#options.clock.monotonic() - this.#usedAt : 0;
  }

  members(): Member[] {
    return this.#roster.members();
  }

  member(id: string): Member | null {
    return this.#roster.get(id);
  }

  /** See `SandboxPool`; `shutting_down` when the pool hands out no more. */
  async lease(ctx: CallContext, request: PoolLeaseRequest): Promise<SandboxLease> {
    const { clock } = this.#options;
    const { exclusive, maxWaitMs = Infinity } = request;
    this.#usedAt = clock.monotonic();
    const askedAt = request.askedAt ?? this.#usedAt;
    const deadline = this.#usedAt + maxWaitMs;
    this.#claims++;
    const turn = this.#waiters.nextTurn();
    for (let isFirst = true; ; isFirst = false) {
      const ready = this.#take(exclusive);
      if (ready && isFirst) this.#hits++;
      const member = ready ?? (await this.#wait(ctx, { exclusive, turn, deadline }));
      const freeAt = clock.monotonic();
      if (member.trusted || (await this.#isWell(ctx, member))) {
        return this.#leaseOf(member, exclusive, { queueMs: freeAt - askedAt, claimMs: clock.monotonic() - freeAt });
      }
    }
  }

  scale(sizes: Partial<PoolSizes>): void {
    this.#supply.resize({ ...this.sizes, ...sizes });
  }

  /** Removes a sandbox, whoever holds it. */
  async kill(member: Member): Promise<void> {
    const removal = this.#roster.remove(member);
    this.#supply.fill();
    await removal;
  }

  /** Hands out no more, refuses who waits, and lets every sandbox go as it comes back. Resolves when all are gone. */
  drain(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Drains and removes what is held, too. */
  close(): Promise<void> {
    const ending = this.drain();
    this.#roster.clear();
    return ending;
  }

  async #end(): Promise<void> {
    this.#state = "draining";
    this.#cancelWatch?.();
    this.#waiters.refuseAll(new SandlotError("shutting_down", { detail: "the pool hands out no more" }));
    for (const member of this.#roster.members()) this.#roster.retire(member);
    await this.#supply.stop();
    await this.#roster.emptied();
    this.#cancelSweep();
    this.#state = "closed";
  }

  /** A sandbox that is ready, taken; null when none is. */
  #take(exclusive: boolean): Member | null {
    if (this.#state !== "open") throw new SandlotError("shutting_down", { detail: "the pool hands out no more" });
    const member = this.#roster.choose(exclusive);
    if (!member) return null;
    this.#hand(member, exclusive);
    this.#supply.fill();
    return member;
  }

  #hand(member: Member, exclusive: boolean): void {
    member.take(exclusive);
    this.#roster.settle(member);
    this.#movedAt = this.#options.clock.monotonic();
  }

  async #wait(ctx: CallContext, { exclusive, turn, deadline }: Wait): Promise<Member> {
    const { limits, clock } = this.#options;
    if (this.#supply.hopeless && this.lastError) throw this.lastError;
    if (this.#waiters.size >= limits.maxWaiting) throw this.#unavailable("too many wait already");
    if (this.#waiters.size === 0) this.#movedAt = clock.monotonic();
    const timeoutMs = Math.max(0, deadline - clock.monotonic());
    const scope = { timeoutMs, waitingFor: "a sandbox", clock };
    const given = withScope(ctx, scope, (inner) => this.#waiters.wait(inner, { exclusive, turn }));
    this.#supply.fill();
    this.#watch();
    const member = await given;
    if (ctx.signal.aborted) this.#giveBack(member);
    throwIfEnded(ctx);
    return member;
  }

  /** Refuses who waits when nothing has moved for too long. */
  #watch(): void {
    if (this.#cancelWatch || this.#waiters.size === 0) return;
    const { clock, limits } = this.#options;
    const leftMs = () => this.#movedAt + limits.waitMs - clock.monotonic();
    this.#cancelWatch = clock.after(Math.max(0, leftMs()), () => {
      this.#cancelWatch = null;
      if (leftMs() <= 0) this.#waiters.refuseAll(this.#unavailable("all sandboxes are in use"));
      this.#watch();
    });
  }

  #unavailable(detail: string): SandlotError {
    const cause = this.lastError;
    const context = { pool: this.spec.resource, detail: cause?.message ?? detail };
    return new SandlotError("sandbox_unavailable", context, cause ? { cause } : undefined);
  }

  async #isWell(ctx: CallContext, member: Member): Promise<boolean> {
    const health = await this.#health.of(member);
    // Whoever used it beside may have given it up meanwhile.
    if (health === "well" && !ctx.signal.aborted && !member.spoilt) return true;
    if (health === "unwell") this.#roster.spoil(member);
    // Unless it has answered at this very moment.
    member.suspect = health === "slow" && member.checking !== null;
    this.#giveBack(member);
    throwIfEnded(ctx);
    return false;
  }

  #answered(member: Member, isWell: boolean): void {
    member.suspect = false;
    if (!isWell) this.#roster.spoil(member);
    this.#cameBack(member);
  }

  #leaseOf(member: Member, exclusive: boolean, times: { queueMs: number; claimMs: number }): SandboxLease {
    let isHeld = true;
    return {
      sandbox: member.sandbox,
      exclusive: exclusive || member.sandbox.mode === "C",
      ...times,
      waitedMs: times.queueMs + times.claimMs,
      release: ({ discard = false, proved = false } = {}) => {
        if (!isHeld) return;
        isHeld = false;
        if (proved) member.prove();
        member.release();
        if (discard) this.#roster.spoil(member);
        this.#cameBack(member);
      },
    };
  }

  #giveBack(member: Member): void {
    member.giveBack();
    this.#cameBack(member);
  }

  #cameBack(member: Member): void {
    this.#roster.settle(member);
    this.#serve();
    this.#supply.fill();
    // Only now: what somebody here waits for is not idle.
    if (member.users === 0) this.#options.capacity.idled();
  }

  /** Gives ready sandboxes to who waits. */
  #serve(): void {
    while (this.#waiters.size > 0) {
      const shared = this.#roster.choose(false);
      const exclusive = this.#roster.choose(true);
      const waiter = this.#waiters.next({ shared: shared !== null, exclusive: exclusive !== null });
      const member = waiter?.exclusive ? exclusive : shared;
      if (!waiter || !member) return;
      this.#hand(member, waiter.exclusive);
      waiter.give(member);
    }
  }

  #made(): void {
    this.#movedAt = this.#options.clock.monotonic();
    this.#serve();
    this.#options.capacity.idled();
  }

  #failed(error: SandlotError): void {
    if (error.retry === "never" && this.#roster.size === 0) this.#waiters.refuseAll(error);
  }

  #sweepLater(): void {
    const { clock, limits } = this.#options;
    this.#cancelSweep = clock.after(Math.min(limits.idleMs, limits.maxAgeMs) / 2, () => {
      this.#supply.shrink();
      this.#sweepLater();
    });
  }
}
