import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/logger.ts";
import type { SandboxProvider } from "../port.ts";
import { poolKey, type SandboxSpec } from "../spec.ts";
import type { PoolLimits } from "./limits.ts";
import { SandboxPool } from "./pool.ts";

export interface PoolsOptions {
  readonly provider: SandboxProvider;
  readonly limits: PoolLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One pool per specification, made when first asked for. Different tenants and resources never share one. */
export class SandboxPools {
  readonly #options: PoolsOptions;
  readonly #pools = new Map<string, SandboxPool>();

  constructor(options: PoolsOptions) {
    this.#options = options;
  }

  pool(spec: SandboxSpec): SandboxPool {
    const key = poolKey(spec);
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new SandboxPool({ ...this.#options, spec });
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** Ids of every sandbox of every pool. */
  get sandboxIds(): string[] {
    return Array.from(this.#pools.values()).flatMap((pool) => pool.sandboxIds);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#pools.values(), (pool) => pool.close()));
  }
}
