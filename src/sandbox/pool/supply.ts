import type { Clock } from "../../core/clock.ts";
import { type CallContext, rootContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Sandbox } from "../port.ts";
import type { SandboxSpec } from "../spec.ts";
import { Breaker } from "./breaker.ts";
import type { Applicant, Capacity, Wants } from "./capacity.ts";
import { PeakDemand } from "./demand.ts";
import type { PoolLimits, PoolSizes } from "./limits.ts";
import type { Member } from "./member.ts";
import type { Roster } from "./roster.ts";

/** Longest wait for the provider to make a sandbox. Milliseconds. */
const CREATE_MS = 180_000;
/** A sandbox that ends so soon after it was made, unused, counts as one that could not be made. Milliseconds. */
const STILLBORN_MS = 5_000;
const NOTHING: Wants = { urgent: 0, spare: 0 };

/** Makes the sandboxes of a specification. */
export interface Maker {
  create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox>;
  /** Whether sandboxes like this have been proved to hold their limits; before, only one is made at a time. */
  isProved(spec: SandboxSpec): boolean;
  /** Sandboxes that it has made for its own use. */
  readonly sandboxIds: readonly string[];
  /** Resolves when these are gone. */
  close(): Promise<void>;
}

/** Leases that wait. */
export interface Queue {
  readonly shared: number;
  readonly exclusive: number;
}

export interface SupplyOptions {
  readonly spec: SandboxSpec;
  readonly limits: PoolLimits;
  readonly maker: Maker;
  readonly roster: Roster;
  readonly capacity: Capacity;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when a sandbox has been made. */
  readonly onMade: () => void;
  readonly onFailed: (error: SandlotError) => void;
}

/**
 * Keeps as many sandboxes as are needed: grows at once when leases wait or the buffer is used up, shrinks to the most
 * that was needed lately. Those being made are counted as there, so that no two claims ask for the same one twice.
 */
export class Supply implements Applicant {
  readonly #options: SupplyOptions;
  readonly #breaker: Breaker;
  readonly #demand: PeakDemand;
  readonly #stop = new AbortController();
  readonly #creations = new Set<Promise<boolean>>();
  #sizes: PoolSizes;
  #lastError: SandlotError | null = null;
  #created = 0;
  #failed = 0;
  /** Runs at once in one sandbox, known once one has been made: without namespaces it is one. */
  #slots: number;
  #cancelRetry: () => void = () => undefined;

  constructor(options: SupplyOptions) {
    this.#options = options;
    this.#sizes = options.limits;
    this.#slots = options.spec.slots;
    this.#breaker = new Breaker(options.clock);
    this.#demand = new PeakDemand(options.limits.idleMs, options.clock);
    options.capacity.join(this);
  }

  get tenant(): string {
    return this.#options.spec.tenant;
  }

  get sizes(): PoolSizes {
    return this.#sizes;
  }

  get creating(): number {
    return this.#creations.size;
  }

  get holds(): number {
    return this.#options.roster.size - this.#options.roster.retiring + this.creating;
  }

  get leaving(): number {
    return this.#options.roster.leaving;
  }

  get lastError(): SandlotError | null {
    return this.#lastError;
  }

  get history(): { readonly created: number; readonly failed: number } {
    return { created: this.#created, failed: this.#failed };
  }

  /** Whether there is no hope of a sandbox before the breaker lets another attempt through. */
  get hopeless(): boolean {
    const { size } = this.#options.roster;
    return this.#lastError?.retry === "never" && size + this.creating === 0 && this.#breaker.waitMs > 0;
  }

  /** What is missing and may be made now. After a failure, and before limits have been proved, one at a time. */
  get wants(): Wants {
    const { roster, spec, maker, queue } = this.#options;
    const present = roster.size + this.creating;
    const missing = Math.min(this.#target(), this.#sizes.max) - present;
    if (missing <= 0 || this.#stop.signal.aborted || this.#breaker.waitMs > 0) return NOTHING;
    const isTrial = this.#breaker.isOpen || !maker.isProved(spec);
    if (isTrial && this.creating > 0) return NOTHING;
    const waitedFor = queue.exclusive + Math.ceil(queue.shared / this.#slots);
    const urgent = Math.min(missing, Math.max(0, waitedFor - this.creating));
    if (isTrial) return urgent > 0 ? { urgent: 1, spare: 0 } : { urgent: 0, spare: 1 };
    return { urgent, spare: missing - urgent };
  }

  /** Starts what is missing, as far as limits, breaker and the other pools let it. Runs whenever something changes. */
  fill(): void {
    const { capacity, roster, clock } = this.#options;
    this.#demand.note(this.#needed());
    if (this.#stop.signal.aborted) return;
    const room = Math.max(0, this.#sizes.max - roster.size - this.creating);
    for (let lacking = this.#ownless() - room; lacking > 0 && this.runDown(); lacking--) continue;
    const { urgent, spare } = this.wants;
    if (urgent + spare > 0) capacity.apply(this);
    const { waitMs } = this.#breaker;
    if (waitMs === 0) return;
    this.#cancelRetry();
    this.#cancelRetry = clock.after(waitMs, () => this.fill());
  }

  /** Lets go of what is too old, and of what is more than was needed lately. */
  shrink(): void {
    const { roster, limits } = this.#options;
    for (const member of roster.members()) {
      if (member.expired) void roster.remove(member);
      else if (member.users === 0 && member.worn) roster.settle(member);
    }
    this.#demand.note(this.#needed());
    const { peak } = this.#demand;
    const { min, max, idleBuffer } = this.#sizes;
    const keep = Math.min(max, Math.max(min, peak > 0 ? peak + idleBuffer : 0));
    for (;;) {
      const member = roster.leastMissed;
      const isMany = roster.size + this.creating > keep;
      if (!member || !isMany || (member.idleMs < limits.idleMs && roster.size <= max)) break;
      void roster.remove(member);
    }
    while (roster.size - roster.retiring > max && this.runDown()) continue;
    this.fill();
  }

  resize(sizes: PoolSizes): void {
    this.#sizes = sizes;
    this.shrink();
  }

  make(): Promise<boolean> {
    const creation = this.#create();
    this.#creations.add(creation);
    return creation.then((isThere) => {
      this.#creations.delete(creation);
      if (isThere) this.#options.onMade();
      this.fill();
      return isThere;
    });
  }

  idleMs(keepMin: boolean): number | null {
    const { roster } = this.#options;
    if (keepMin && roster.size <= this.#sizes.min) return null;
    return roster.leastMissed?.idleMs ?? null;
  }

  giveUpIdle(): void {
    const member = this.#options.roster.leastMissed;
    if (member) void this.#options.roster.remove(member);
  }

  makeWay(): boolean {
    return this.#ownless() > 0 && this.runDown();
  }

  runDown(): boolean {
    const { roster } = this.#options;
    const member = roster.leastUsed;
    if (member) roster.retire(member);
    return member !== null;
  }

  /** Makes no more; resolves when what was being made is over. */
  async stop(): Promise<void> {
    this.#stop.abort(new SandlotError("shutting_down", { detail: "the pool is closing" }));
    this.#cancelRetry();
    this.#options.capacity.leave(this);
    while (this.#creations.size > 0) await Promise.all(this.#creations);
  }

  /** To be told of a sandbox that ended by itself. */
  lost(member: Member): void {
    if (member.fresh && member.ageMs < STILLBORN_MS) {
      this.#breaker.failed();
      this.#lastError = new SandlotError("sandbox_create_failed", { detail: "it ended as soon as it was made" });
    }
    this.fill();
  }

  async #create(): Promise<boolean> {
    const { maker, spec, roster, clock, logger } = this.#options;
    const { signal } = this.#stop;
    const scope = { timeoutMs: CREATE_MS, waitingFor: "a sandbox to be made", clock };
    try {
      const ctx = rootContext({ signal, logger });
      const sandbox = await withScope(ctx, scope, (inner) => maker.create(inner, spec));
      const member = roster.admit(sandbox);
      this.#slots = member.slots;
      this.#created++;
      this.#breaker.succeeded();
      this.#lastError = null;
      if (signal.aborted) void roster.remove(member);
      return true;
    } catch (error) {
      if (!signal.aborted) this.#fail(SandlotError.from(error));
      return false;
    }
  }

  #fail(error: SandlotError): void {
    const { spec, logger, onFailed } = this.#options;
    this.#failed++;
    this.#lastError = error;
    this.#breaker.failed();
    logger.warn({ error: error.report(), resource: spec.resource }, "a sandbox could not be made");
    onFailed(error);
  }

  /**
   * Exclusive leases that wait and for which none is on the way. They cannot use a sandbox that others have used: one has
   * to go for each, an idle one at once, else one that gets no new leases until it is empty.
   */
  #ownless(): number {
    const { roster, queue } = this.#options;
    return queue.exclusive - this.creating - roster.retiring - roster.counts.fresh;
  }

  /** Sandboxes in use and waited for. */
  #needed(): number {
    const { roster, queue } = this.#options;
    return roster.busy + queue.exclusive + Math.ceil(queue.shared / this.#slots);
  }

  /** How many there should be: those needed, those that are of no use to who waits, and the buffer while there is demand. */
  #target(): number {
    const { roster, queue } = this.#options;
    const { idle, fresh } = roster.counts;
    const useless = queue.exclusive > 0 ? idle - fresh : 0;
    const needed = this.#needed() + useless;
    return Math.max(this.#sizes.min, needed > 0 ? needed + this.#sizes.idleBuffer : 0);
  }
}
