import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { SandboxProvider } from "../port.ts";
import type { ProvedLimit } from "../../contract/sandbox-limits.ts";
import { SelfTest } from "../self-test/index.ts";
import { poolKey, type SandboxSpec } from "../spec.ts";
import { type PoolEntry, PoolsDesk } from "./admin.ts";
import { Capacity } from "./capacity.ts";
import type { LeaseRequest, SandboxLease, SandboxPool } from "./lease.ts";
import { DEFAULT_SERVER_LIMITS, type PoolLimits, type PoolSizes, type ServerLimits } from "./limits.ts";
import { Pool } from "./pool.ts";
import type { Maker } from "./supply.ts";
import type { PoolsAdmin } from "./views.ts";

export interface PoolsOptions {
  readonly provider: SandboxProvider;
  /** Of each pool. */
  readonly limits: PoolLimits;
  /** Of all pools together. */
  readonly server?: Partial<ServerLimits>;
  /** Limits that sandboxes need not hold here. Default: none. */
  readonly acceptUnenforced?: readonly ProvedLimit[];
  /** Makes the sandboxes; default: the provider, once the self-test has proved that its sandboxes hold their limits. */
  readonly maker?: Maker;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One pool per specification, made when first asked for. Different tenants and resources never share one. */
export class SandboxPools {
  readonly admin: PoolsAdmin;
  readonly #options: PoolsOptions;
  readonly #server: ServerLimits;
  readonly #maker: Maker;
  readonly #capacity: Capacity;
  readonly #open = new Map<string, PoolEntry>();
  readonly #draining = new Set<PoolEntry>();
  #cancelSweep: () => void = () => undefined;
  #isClosed = false;

  constructor(options: PoolsOptions) {
    const { provider, clock, logger, acceptUnenforced = [] } = options;
    this.#options = options;
    this.#server = { ...DEFAULT_SERVER_LIMITS, ...options.server };
    this.#capacity = new Capacity(this.#server, clock);
    this.#maker = options.maker ?? new SelfTest({ provider, accepted: acceptUnenforced, clock, logger });
    this.admin = new PoolsDesk({ entries: () => this.#entries(), drain: (entry) => this.#drain(entry) });
    this.#sweepLater();
  }

  /**
   * Where leases of such sandboxes come from. Good for ever: when the pool behind it has been drained or forgotten,
   * the next lease makes another. `sizes` are those of a pool that this handle makes.
   */
  pool(spec: SandboxSpec, sizes: Partial<PoolSizes> = {}): SandboxPool {
    const key = poolKey(spec);
    return { lease: (ctx, request) => this.#lease(ctx, { spec, key, sizes }, request) };
  }

  /** The last failure to make such a sandbox since one was made; null when all is well, or nobody has asked for one. */
  lastError(spec: SandboxSpec): SandlotError | null {
    return this.#open.get(poolKey(spec))?.pool.lastError ?? null;
  }

  /** Ids of every sandbox of every pool. */
  get sandboxIds(): string[] {
    const own = this.#entries().flatMap(({ pool }) => pool.members().map(({ sandbox }) => sandbox.id));
    return [...own, ...this.#maker.sandboxIds];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSweep();
    await Promise.all([this.#maker.close(), ...this.#entries().map(({ pool }) => pool.close())]);
  }

  async #lease(ctx: CallContext, wanted: Wanted, request: LeaseRequest): Promise<SandboxLease> {
    const askedAt = this.#options.clock.monotonic();
    for (;;) {
      const { pool } = this.#entry(wanted);
      try {
        return await pool.lease(ctx, { ...request, askedAt });
      } catch (error) {
        // Drained meanwhile: the next pool of the same specification serves it.
        if (this.#isClosed || pool.state === "open" || !SandlotError.is(error, "shutting_down")) throw error;
      }
    }
  }

  #entry({ spec, key, sizes }: Wanted): PoolEntry {
    if (this.#isClosed) throw new SandlotError("shutting_down", { detail: "the pools are closing" });
    const known = this.#open.get(key);
    if (known) return known;
    if (this.#open.size >= this.#server.maxPools && !this.#forgetOne()) {
      throw new SandlotError("sandbox_unavailable", { pool: spec.resource, detail: "too many pools are in use" });
    }
    const limits = { ...this.#options.limits, ...sizes };
    const pool = new Pool({ ...this.#options, maker: this.#maker, spec, limits, capacity: this.#capacity });
    const entry = { id: this.#newId(key), pool, isScaled: false };
    this.#open.set(key, entry);
    return entry;
  }

  /** The same for the same specification, unless a pool of it is still being drained. */
  #newId(key: string): string {
    const id = `pool_${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;
    const taken = new Set(Array.from(this.#draining, (entry) => entry.id));
    for (let i = 1; ; i++) {
      const name = i === 1 ? id : `${id}_${i}`;
      if (!taken.has(name)) return name;
    }
  }

  #entries(): PoolEntry[] {
    return [...this.#open.values(), ...this.#draining];
  }

  #drain(entry: PoolEntry): void {
    this.#open.delete(poolKey(entry.pool.spec));
    this.#draining.add(entry);
    void entry.pool.drain().finally(() => this.#draining.delete(entry));
  }

  /** Makes place for a pool: the one that has been of no use for longest goes. False when all are in use. */
  #forgetOne(): boolean {
    const unused = Array.from(this.#open.values()).filter(({ pool }) => pool.unusedMs > 0);
    const oldest = unused.sort((a, b) => b.pool.unusedMs - a.pool.unusedMs)[0];
    if (oldest) this.#drain(oldest);
    return oldest !== undefined;
  }

  /** Specifications come with requests: a pool that has nothing and was asked for nothing lately is forgotten. */
  #sweepLater(): void {
    const { clock, limits } = this.#options;
    this.#cancelSweep = clock.after(limits.idleMs, () => {
      for (const entry of this.#open.values())
        if (!entry.isScaled && entry.pool.unusedMs >= limits.idleMs) this.#drain(entry);
      this.#sweepLater();
    });
  }
}

interface Wanted {
  readonly spec: SandboxSpec;
  readonly key: string;
  readonly sizes: Partial<PoolSizes>;
}
