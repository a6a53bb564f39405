import type { SandboxMode, SandboxSpec } from "../spec.ts";

/** A pool as operators see it. */
export interface PoolView {
  readonly id: string;
  readonly spec: SandboxSpec;
  /** `draining`: hands out no more, and goes when the last lease is back. */
  readonly state: "open" | "draining";
  readonly limits: { readonly min: number; readonly max: number; readonly idleBuffer: number };
  readonly stats: PoolStats;
  /** The last failure to make a sandbox since one was made; null when all is well. */
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** Counts of a pool. */
export interface PoolStats {
  readonly idle: number;
  readonly leased: number;
  readonly creating: number;
  readonly waiting: number;
  /** Since the pool was made. */
  readonly created: number;
  /** By the pool or an operator; `lost` ended by themselves. */
  readonly removed: number;
  readonly lost: number;
  /** Sandboxes that could not be made. */
  readonly failed: number;
  readonly claims: number;
  /** Claims that found a sandbox ready. */
  readonly hits: number;
}

/** A sandbox of a pool as operators see it. */
export interface SandboxView {
  readonly id: string;
  readonly poolId: string;
  readonly tenant: string;
  readonly resource: string;
  readonly provider: string;
  readonly image: string;
  readonly mode: SandboxMode;
  readonly state: "idle" | "leased" | "retiring";
  /** Leases that hold it now, and since it was made. */
  readonly users: number;
  readonly uses: number;
  readonly exclusive: boolean;
  /** Milliseconds. */
  readonly ageMs: number;
  readonly idleMs: number;
}

/** What operators may ask of the pools. Unknown ids throw `not_found`. */
export interface PoolsAdmin {
  list(): PoolView[];
  describe(poolId: string): PoolView;
  /** Changes sizes from now on; `invalid_request` when min > max. */
  scale(poolId: string, sizes: { min?: number; max?: number; idleBuffer?: number }): PoolView;
  /** Hands out no more and removes every sandbox as it comes back; a later claim of the same specification makes a new pool. */
  drain(poolId: string): PoolView;
  sandboxes(): SandboxView[];
  sandbox(id: string): SandboxView;
  /** Removes a sandbox, whoever uses it; their runs are repeated elsewhere. */
  kill(id: string): Promise<void>;
}
