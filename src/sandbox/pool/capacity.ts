import type { Clock } from "../../core/clock.ts";
import type { ServerLimits } from "./limits.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Sandboxes that a pool lacks now: for leases that wait, and beside them to have some ready. */
export interface Wants {
  readonly urgent: number;
  readonly spare: number;
}

/** A pool as it shares the server's capacity with the others. */
export interface Applicant {
  readonly tenant: string;
  readonly wants: Wants;
  /** Sandboxes that it has and will keep, those being made included. */
  readonly holds: number;
  /** Held ones that will go as soon as their leases come back, and were closed for that lately. */
  readonly leaving: number;
  /** Starts to make one. Resolves when that is over with whether there is one; never rejects. */
  make(): Promise<boolean>;
  /** How long its least missed idle sandbox has been idle; null when it has none to give, `min` kept or not. */
  idleMs(keepMin: boolean): number | null;
  /** Removes that one. */
  giveUpIdle(): void;
  /** For an own exclusive lease that waits: lets a sandbox that others use run empty. False when there is none. */
  makeWay(): boolean;
  /** The same for somebody else's lease. */
  runDown(): boolean;
}

/** From then on an idle sandbox may be taken from a tenant that has fewer than who needs the room. Milliseconds. */
const LONG_IDLE_MS = 10_000;
/** Time in which a sandbox that was closed is expected to run empty; then another one is closed. Milliseconds. */
export const RUN_DOWN_MS = 2_000;

/**
 * How many sandboxes a server may have, how quickly they are made, and whose turn it is. Room goes to the tenant that
 * holds the fewest, and within it to the pool that does. When there is none, a lease that waits takes it from a sandbox
 * that is idle; and else, until they hold the same, from the tenant that holds the most, whose sandbox is closed to new
 * leases and removed when it is empty. Sandboxes that are only to be ready take no room from anybody.
 */
export class Capacity {
  readonly #limits: ServerLimits;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #pools = new Set<Applicant>();
  readonly #hungry = new Set<Applicant>();
  #total = 0;
  #making = 0;
  #removing = 0;
  #granting = false;
  #cancelRetry: (() => void) | null = null;

  constructor(limits: ServerLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#bucket = new TokenBucket(limits.creationsPerSecond, clock);
  }

  /** Sandboxes that there are, those being made or removed included. */
  get total(): number {
    return this.#total;
  }

  join(pool: Applicant): void {
    this.#pools.add(pool);
  }

  leave(pool: Applicant): void {
    this.#pools.delete(pool);
    this.#hungry.delete(pool);
    if (this.#hungry.size === 0) this.#calmDown();
  }

  /** Makes what a pool wants as soon as it is its turn. Called again whenever its wants have grown. */
  apply(pool: Applicant): void {
    this.#hungry.add(pool);
    this.#grant();
  }

  /** A sandbox has become idle: it may be what somebody waits for. */
  idled(): void {
    if (this.#hungry.size > 0 && this.#total >= this.#limits.maxSandboxes) this.#grant();
  }

  /** A sandbox takes room until its removal is over. */
  removing(removal: Promise<unknown>): void {
    this.#removing++;
    const over = () => {
      this.#removing--;
      this.#total--;
      this.#grant();
    };
    removal.then(over, over);
  }

  #grant(): void {
    if (this.#granting) return;
    this.#granting = true;
    this.#calmDown();
    while (this.#making < this.#limits.creationsAtOnce && this.#next()) continue;
    this.#granting = false;
  }

  /** Starts one creation; false when nobody wants one, or it cannot be started now. */
  #next(): boolean {
    const pools = this.#inTurn();
    const pool = pools[0];
    if (!pool) return false;
    if (this.#total >= this.#limits.maxSandboxes) {
      this.#makeRoom(pools.filter(({ wants }) => wants.urgent > 0));
      return false;
    }
    const { waitMs } = this.#bucket;
    if (waitMs > 0) {
      this.#retryIn(waitMs);
      return false;
    }
    this.#bucket.take();
    void this.#make(pool);
    return true;
  }

  async #make(pool: Applicant): Promise<void> {
    this.#total++;
    this.#making++;
    const isThere = await pool.make();
    this.#making--;
    if (!isThere) this.#total--;
    this.#grant();
  }

  /** Who wants something: waiting leases before spare sandboxes, then who holds less. */
  #inTurn(): Applicant[] {
    for (const pool of this.#hungry) {
      const { urgent, spare } = pool.wants;
      if (urgent + spare === 0) this.#hungry.delete(pool);
    }
    const holdings = this.#holdings();
    const rank = (pool: Applicant) => [pool.wants.urgent > 0 ? 0 : 1, holdings.get(pool.tenant) ?? 0, pool.holds];
    return Array.from(this.#hungry, (pool) => ({ pool, rank: rank(pool) }))
      .sort((a, b) => compare(a.rank, b.rank))
      .map(({ pool }) => pool);
  }

  /** For each lease that waits, one sandbox fewer elsewhere, as far as that is fair and not under way already. */
  #makeRoom(pools: readonly Applicant[]): void {
    if (pools.length === 0) return;
    let coming = this.#removing;
    for (const { leaving } of this.#pools) coming += leaving;
    for (const pool of pools) {
      const { urgent } = pool.wants;
      for (let gained = 0; gained < urgent; gained++) {
        if (coming > 0) coming--;
        else if (!this.#evict(pool, gained) && !pool.makeWay() && !this.#runDown(pool, gained)) break;
      }
    }
    this.#retryIn(RUN_DOWN_MS);
  }

  /** Removes what has been idle for longest: sandboxes that a pool's `min` keeps ready last. */
  #evict(needy: Applicant, gained: number): boolean {
    const holdings = this.#holdings();
    const held = (holdings.get(needy.tenant) ?? 0) + gained;
    const mayLose = (pool: Applicant, idleMs: number) =>
      pool.tenant === needy.tenant || idleMs >= LONG_IDLE_MS || (holdings.get(pool.tenant) ?? 0) >= held;
    for (const keepMin of [true, false]) {
      let longest: { readonly pool: Applicant; readonly idleMs: number } | null = null;
      for (const pool of this.#pools) {
        const idleMs = pool.idleMs(keepMin);
        if (idleMs === null || idleMs <= (longest?.idleMs ?? -1)) continue;
        if (mayLose(pool, idleMs)) longest = { pool, idleMs };
      }
      if (!longest) continue;
      longest.pool.giveUpIdle();
      return true;
    }
    return false;
  }

  /** Closes a sandbox of the tenant, or within a tenant of the pool, that holds the most, if that evens things out. */
  #runDown(needy: Applicant, gained: number): boolean {
    const holdings = this.#holdings();
    const heldBy = ({ tenant }: Applicant) => holdings.get(tenant) ?? 0;
    const excess = (pool: Applicant) =>
      (pool.tenant === needy.tenant ? pool.holds - needy.holds : heldBy(pool) - heldBy(needy)) - gained;
    const richer = Array.from(this.#pools).filter((pool) => pool !== needy && excess(pool) > 1);
    richer.sort((a, b) => excess(b) - excess(a) || b.holds - a.holds);
    return richer.some((pool) => pool.runDown());
  }

  #holdings(): Map<string, number> {
    const holdings = new Map<string, number>();
    for (const { tenant, holds } of this.#pools) holdings.set(tenant, (holdings.get(tenant) ?? 0) + holds);
    return holdings;
  }

  #retryIn(ms: number): void {
    this.#cancelRetry = this.#clock.after(ms, () => {
      this.#cancelRetry = null;
      this.#grant();
    });
  }

  #calmDown(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
