/** Sizes of a pool. */
export interface PoolLimits {
  /** Sandboxes kept even when nobody asks, unless a lease of another pool waits for the room. */
  readonly min: number;
  /** Sandboxes at most, those being made included. */
  readonly max: number;
  /** Idle sandboxes kept ready while there is demand. */
  readonly idleBuffer: number;
  /** Runs after which a shared sandbox is replaced. */
  readonly maxRuns: number;
  /** Age after which a sandbox is handed out no more. Milliseconds. */
  readonly maxAgeMs: number;
  /** Sandboxes above what was needed at once within this time are removed. Milliseconds. */
  readonly idleMs: number;
  /**
   * Longest wait for a sandbox while the pool gets nowhere: none handed out, none made. A queue that moves may be
   * waited in until the caller's own deadline. Milliseconds.
   */
  readonly waitMs: number;
  /** Waiting leases at most; more are refused. */
  readonly maxWaiting: number;
}

/** What operators may change while a pool runs. */
export type PoolSizes = Pick<PoolLimits, "min" | "max" | "idleBuffer">;

export const DEFAULT_POOL_LIMITS: PoolLimits = {
  min: 0,
  max: 2,
  idleBuffer: 1,
  maxRuns: 5_000,
  maxAgeMs: 3_600_000,
  idleMs: 60_000,
  waitMs: 120_000,
  maxWaiting: 100_000,
};

/** What all pools of a server share. */
export interface ServerLimits {
  /** Sandboxes of all pools at most, those being made or removed included. */
  readonly maxSandboxes: number;
  /** Creations begun per second, on average. */
  readonly creationsPerSecond: number;
  /** Creations under way at once. */
  readonly creationsAtOnce: number;
  /** Pools at most; beyond, one that nobody uses is forgotten for each new one. */
  readonly maxPools: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  maxSandboxes: 128,
  creationsPerSecond: 20,
  creationsAtOnce: 4,
  maxPools: 1_000,
};
