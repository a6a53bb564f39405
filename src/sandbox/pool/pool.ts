import type { Clock } from "../../core/clock.ts";
import { type CallContext, orAborted, rootContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Sandbox, SandboxProvider } from "../port.ts";
import type { SandboxSpec } from "../spec.ts";
import { Breaker } from "./breaker.ts";
import type { PoolLimits } from "./limits.ts";
import { Member } from "./member.ts";

/** The right to use a sandbox until it is released. */
export interface SandboxLease {
  readonly sandbox: Sandbox;
  /** Whether others may run beside it. */
  readonly exclusive: boolean;
  /** Milliseconds between asking and getting. */
  readonly waitedMs: number;
  /** Gives it back; `discard` when it must not be used again. Idempotent. */
  release(options?: { discard?: boolean }): void;
}

/** Counts of a pool, for doctors and metrics. */
export interface PoolStats {
  readonly idle: number;
  readonly leased: number;
  readonly creating: number;
  readonly waiting: number;
}

export interface PoolOptions {
  readonly provider: SandboxProvider;
  readonly spec: SandboxSpec;
  readonly limits: PoolLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Waiter {
  readonly exclusive: boolean;
  readonly resolve: (member: Member) => void;
  readonly reject: (error: SandlotError) => void;
}

/** How long a sandbox is believed to be well without asking it. Milliseconds. */
const TRUSTED_MS = 1_000;

/**
 * Warm sandboxes of one specification. Shared leases fill the slots of a sandbox; an exclusive lease gets one that
 * nobody has used and that nobody will use after it.
 */
export class SandboxPool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member>();
  readonly #waiters: Waiter[] = [];
  readonly #breaker: Breaker;
  readonly #removals = new Set<Promise<void>>();
  #creating = 0;
  /** When a sandbox was last handed out or made. */
  #movedAt = 0;
  /** Runs at once in one sandbox, known once one has been made: without namespaces it is one. */
  #slots: number;
  #lastError: SandlotError | null = null;
  #cancelRetry: (() => void) | null = null;
  #cancelShrink: (() => void) | null = null;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#breaker = new Breaker(options.clock);
    this.#slots = options.spec.slots;
    this.#refill();
  }

  /** Waits for a sandbox; `sandbox_unavailable` with the last failure when the pool gets nowhere for too long. */
  async lease(ctx: CallContext, { exclusive }: { exclusive: boolean }): Promise<SandboxLease> {
    const { clock } = this.#options;
    const asked = clock.monotonic();
    for (;;) {
      const member = await this.#next(ctx, exclusive);
      if (await this.#isWell(ctx, member)) return this.#leaseOf(member, exclusive, clock.monotonic() - asked);
    }
  }

  get stats(): PoolStats {
    const members = Array.from(this.#members);
    const idle = members.filter((member) => member.users === 0).length;
    return { idle, leased: members.length - idle, creating: this.#creating, waiting: this.#waiters.length };
  }

  /** Ids of every sandbox the pool answers for. */
  get sandboxIds(): string[] {
    return Array.from(this.#members, (member) => member.sandbox.id);
  }

  /** Refuses who waits, removes everything, and resolves when it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelShrink?.();
    for (const waiter of this.#waiters.splice(0))
      waiter.reject(new SandlotError("shutting_down", { detail: "the pool is closing" }));
    for (const member of this.#members) this.#remove(member);
    while (this.#removals.size > 0) await Promise.all(this.#removals);
  }

  async #next(ctx: CallContext, exclusive: boolean): Promise<Member> {
    if (this.#closed) throw new SandlotError("shutting_down", { detail: "the pool is closing" });
    const ready = this.#find(exclusive);
    if (ready) {
      this.#hand(ready, exclusive);
      this.#refill();
      return ready;
    }
    if (this.#waiters.length >= this.#options.limits.maxWaiting) {
      const { resource } = this.#options.spec;
      throw new SandlotError("sandbox_unavailable", { pool: resource, detail: "too many wait already" });
    }
    return this.#wait(ctx, exclusive);
  }

  async #wait(ctx: CallContext, exclusive: boolean): Promise<Member> {
    let waiter: Waiter | null = null;
    const given = new Promise<Member>((resolve, reject) => {
      waiter = { exclusive, resolve, reject };
      this.#waiters.push(waiter);
    });
    this.#refill();
    try {
      return await this.#whileMoving(ctx, given);
    } catch (error) {
      const at = waiter ? this.#waiters.indexOf(waiter) : -1;
      if (at >= 0) this.#waiters.splice(at, 1);
      // Given at the very moment of giving up.
      else given.then((member) => this.#release(member, false)).catch(() => undefined);
      if (ctx.signal.aborted || !SandlotError.is(error, "deadline_exceeded")) throw error;
      const detail = this.#lastError?.message ?? "all sandboxes are in use";
      throw new SandlotError("sandbox_unavailable", { pool: this.#options.spec.resource, detail }, { cause: error });
    }
  }

  /** The value of `given`, or `deadline_exceeded` when nothing has moved for `waitMs`. */
  async #whileMoving(ctx: CallContext, given: Promise<Member>): Promise<Member> {
    const { clock, limits } = this.#options;
    this.#movedAt = Math.max(this.#movedAt, this.#waiters.length === 1 ? clock.monotonic() : 0);
    for (;;) {
      const timeoutMs = Math.max(0, this.#movedAt + limits.waitMs - clock.monotonic());
      const scope = { timeoutMs, waitingFor: "a sandbox", clock };
      try {
        return await withScope(ctx, scope, (inner) => orAborted(inner, given));
      } catch (error) {
        const moved = clock.monotonic() < this.#movedAt + limits.waitMs;
        if (ctx.signal.aborted || !SandlotError.is(error, "deadline_exceeded") || !moved) throw error;
      }
    }
  }

  #hand(member: Member, exclusive: boolean): void {
    member.take(exclusive);
    this.#movedAt = this.#options.clock.monotonic();
  }

  #find(exclusive: boolean): Member | null {
    for (const member of this.#members) if (member.canServe(exclusive)) return member;
    return null;
  }

  async #isWell(ctx: CallContext, member: Member): Promise<boolean> {
    if (member.users > 1 || this.#options.clock.monotonic() - member.idleSince < TRUSTED_MS) return !member.gone;
    try {
      await member.sandbox.check(ctx);
      return true;
    } catch (error) {
      const gaveUp = ctx.signal.aborted;
      this.#release(member, !gaveUp);
      if (gaveUp) throw error;
      return false;
    }
  }

  #leaseOf(member: Member, exclusive: boolean, waitedMs: number): SandboxLease {
    let held = true;
    return {
      sandbox: member.sandbox,
      exclusive: exclusive || member.sandbox.mode === "C",
      waitedMs,
      release: ({ discard = false } = {}) => {
        if (!held) return;
        held = false;
        this.#release(member, discard);
      },
    };
  }

  #release(member: Member, discard: boolean): void {
    member.release();
    if (discard) member.retiring = true;
    if (member.retiring && member.users === 0) this.#remove(member);
    this.#serve();
    this.#refill();
    this.#shrinkLater();
  }

  /** Gives ready sandboxes to who waits, first come first served within each kind. */
  #serve(): void {
    for (let i = 0; i < this.#waiters.length;) {
      const waiter = this.#waiters[i];
      const member = waiter && this.#find(waiter.exclusive);
      if (!waiter || !member) {
        i++;
        continue;
      }
      this.#waiters.splice(i, 1);
      this.#hand(member, waiter.exclusive);
      waiter.resolve(member);
    }
  }

  /** Starts as many creations as demand and limits ask for. Runs at every claim, release, loss and failure. */
  #refill(): void {
    if (this.#closed) return;
    const { limits } = this.#options;
    const missing = () => this.#target() - this.#members.size - this.#creating;
    if (missing() <= 0) return;
    if (this.#members.size + this.#creating >= limits.max) this.#makeRoom();
    const waitMs = this.#breaker.waitMs;
    if (waitMs > 0) {
      this.#cancelRetry?.();
      this.#cancelRetry = this.#options.clock.after(waitMs, () => this.#refill());
      return;
    }
    while (missing() > 0 && this.#members.size + this.#creating < limits.max) void this.#create();
  }

  /** How many sandboxes there should be: those in use, those waited for, and the buffer while there is demand. */
  #target(): number {
    const { limits } = this.#options;
    const exclusive = this.#waiters.filter((waiter) => waiter.exclusive).length;
    const shared = Math.ceil((this.#waiters.length - exclusive) / this.#slots);
    // Who waits for a sandbox of its own has no use for one that others have used, idle or not.
    const useless = (member: Member) => member.users > 0 || member.retiring || (exclusive > 0 && !member.fresh);
    const demand = Array.from(this.#members).filter(useless).length + exclusive + shared;
    return Math.max(limits.min, demand > 0 ? demand + limits.idleBuffer : 0);
  }

  /**
   * An exclusive lease cannot use a sandbox that others have used: at the maximum, one makes way for each that waits,
   * an idle one at once, else one that gets no new leases until it is empty.
   */
  #makeRoom(): void {
    const members = Array.from(this.#members);
    const wanted = this.#waiters.filter((waiter) => waiter.exclusive).length;
    const onTheWay = this.#creating + members.filter((member) => member.retiring || member.canServe(true)).length;
    for (let missing = wanted - onTheWay; missing > 0; missing--) {
      const used = members.filter((member) => !member.retiring && !member.exclusive && !member.canServe(true));
      const next = used.sort((a, b) => a.users - b.users)[0];
      if (!next) return;
      next.retiring = true;
      if (next.users === 0) this.#remove(next);
    }
  }

  async #create(): Promise<void> {
    const { provider, spec, limits, clock, logger } = this.#options;
    this.#creating++;
    try {
      const sandbox = await provider.create(rootContext({ logger }), spec);
      const member = new Member(sandbox, spec.slots, limits, clock);
      this.#members.add(member);
      this.#slots = member.slots;
      this.#movedAt = clock.monotonic();
      this.#breaker.succeeded();
      this.#lastError = null;
      void sandbox.ended.then(() => this.#lost(member));
      if (this.#closed) this.#remove(member);
    } catch (error) {
      this.#createFailed(SandlotError.from(error));
    } finally {
      this.#creating--;
    }
    this.#serve();
    this.#refill();
  }

  #createFailed(error: SandlotError): void {
    this.#lastError = error;
    this.#breaker.failed();
    this.#options.logger.warn(
      { error: error.report(), resource: this.#options.spec.resource },
      "a sandbox could not be made",
    );
    if (error.retry === "never") for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #lost(member: Member): void {
    member.gone = true;
    member.retiring = true;
    if (!this.#members.has(member)) return;
    this.#remove(member);
    this.#refill();
  }

  #remove(member: Member): void {
    member.retiring = true;
    if (!this.#members.delete(member)) return;
    const { provider, logger } = this.#options;
    const removal = provider.remove(rootContext({ logger }), member.sandbox.id).catch((error: unknown) => {
      // The reaper tries again.
      logger.warn(
        { sandbox_id: member.sandbox.id, error: SandlotError.from(error).report() },
        "a sandbox could not be removed",
      );
    });
    this.#removals.add(removal);
    void removal.finally(() => this.#removals.delete(removal));
  }

  /** Removes what has been idle for too long, down to `min`. */
  #shrinkLater(): void {
    const { clock, limits } = this.#options;
    if (this.#closed || this.#cancelShrink) return;
    this.#cancelShrink = clock.after(limits.idleMs, () => {
      this.#cancelShrink = null;
      for (const member of this.#members) {
        const idle = member.users === 0 && clock.monotonic() - member.idleSince >= limits.idleMs;
        if (idle && this.#members.size > limits.min) this.#remove(member);
      }
      if (this.#members.size > limits.min) this.#shrinkLater();
    });
  }
}
