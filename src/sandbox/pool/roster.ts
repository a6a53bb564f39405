import type { Clock } from "../../core/clock.ts";
import { orAborted, rootContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Sandbox, SandboxProvider } from "../port.ts";
import type { SandboxSpec } from "../spec.ts";
import { type Capacity, RUN_DOWN_MS } from "./capacity.ts";
import type { PoolLimits } from "./limits.ts";
import { Member } from "./member.ts";
import { Shelves } from "./shelves.ts";

/** Longest wait for the provider to remove a sandbox; then it is the reaper's. Milliseconds. */
const REMOVE_MS = 120_000;

export interface RosterOptions {
  readonly provider: SandboxProvider;
  readonly spec: SandboxSpec;
  readonly limits: Pick<PoolLimits, "maxRuns" | "maxAgeMs">;
  readonly capacity: Capacity;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when a sandbox has ended that nobody removed. */
  readonly onLost: (member: Member) => void;
}

/** The sandboxes of a pool, from the day they are made until their removal is over. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #members = new Map<string, Member>();
  readonly #shelves = new Shelves();
  /** Those that get no more leases, by when that was decided. */
  readonly #retiring = new Map<Member, number>();
  readonly #removals = new Set<Promise<void>>();
  #onEmpty: () => void = () => undefined;
  #removed = 0;
  #lost = 0;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  /** Held ones, those that are asked how they are, and those on their way out. */
  get busy(): number {
    return this.size - this.#shelves.counts.idle;
  }

  /** Idle ones, and those among them that nobody has used. */
  get counts(): { readonly idle: number; readonly fresh: number } {
    return this.#shelves.counts;
  }

  get retiring(): number {
    return this.#retiring.size;
  }

  /** Held ones that were told to go lately, so that they can be expected to. */
  get leaving(): number {
    const since = this.#options.clock.monotonic() - RUN_DOWN_MS;
    return Array.from(this.#retiring).filter(([{ users }, at]) => users > 0 && at > since).length;
  }

  get history(): { readonly removed: number; readonly lost: number } {
    return { removed: this.#removed, lost: this.#lost };
  }

  members(): Member[] {
    return Array.from(this.#members.values());
  }

  get(id: string): Member | null {
    return this.#members.get(id) ?? null;
  }

  admit(sandbox: Sandbox): Member {
    const { spec, limits, clock } = this.#options;
    const member = new Member(sandbox, spec.slots, limits, clock);
    this.#members.set(sandbox.id, member);
    this.#shelves.put(member);
    void sandbox.ended.then(() => this.#ended(member));
    return member;
  }

  /** The member that such a lease should get, or null. Those found too old on the way are let go. */
  choose(exclusive: boolean): Member | null {
    for (;;) {
      const member = this.#shelves.choose(exclusive);
      if (!member?.worn) return member;
      this.settle(member);
    }
  }

  get leastMissed(): Member | null {
    return this.#shelves.leastMissed;
  }

  get leastUsed(): Member | null {
    return this.#shelves.leastUsed;
  }

  /** To be called when a member has been taken, has come back, or has answered: puts it where it belongs, or lets it go. */
  settle(member: Member): void {
    if (member.gone) return;
    if (member.users === 0 && (member.retiring || member.worn)) {
      void this.remove(member);
      return;
    }
    this.#shelves.put(member);
  }

  /** It gets no more leases, and is removed when the last comes back. */
  retire(member: Member): void {
    if (member.gone) return;
    if (!member.retiring) this.#retiring.set(member, this.#options.clock.monotonic());
    member.retiring = true;
    this.settle(member);
  }

  /** The same, and who was just given it does not get it either. */
  spoil(member: Member): void {
    member.spoilt = true;
    this.retire(member);
  }

  /** Removes a member, whoever holds it; resolves when it is gone. */
  remove(member: Member): Promise<void> {
    if (member.gone) return Promise.resolve();
    this.#removed++;
    return this.#letGo(member);
  }

  clear(): void {
    for (const member of this.members()) void this.remove(member);
  }

  /** Resolves when there is none left, and none is being removed. For pools that make no more. */
  async emptied(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    await Promise.all(this.#removals);
  }

  #letGo(member: Member): Promise<void> {
    member.gone = member.spoilt = member.retiring = true;
    this.#members.delete(member.sandbox.id);
    this.#shelves.take(member);
    this.#retiring.delete(member);
    const removal = this.#removeSandbox(member.sandbox.id);
    this.#options.capacity.removing(removal);
    this.#removals.add(removal);
    void removal.finally(() => this.#removals.delete(removal));
    if (this.size === 0) this.#onEmpty();
    return removal;
  }

  #ended(member: Member): void {
    if (member.gone) return;
    this.#lost++;
    void this.#letGo(member);
    this.#options.onLost(member);
  }

  async #removeSandbox(id: string): Promise<void> {
    const { provider, clock, logger } = this.#options;
    const scope = { timeoutMs: REMOVE_MS, waitingFor: "the removal of a sandbox", clock };
    try {
      await withScope(rootContext({ logger }), scope, (ctx) => orAborted(ctx, provider.remove(ctx, id)));
    } catch (error) {
      // The reaper tries again.
      logger.warn({ sandbox_id: id, error: SandlotError.from(error).report() }, "a sandbox could not be removed");
    }
  }
}
