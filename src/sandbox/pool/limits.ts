/** Sizes of a pool. */
export interface PoolLimits {
  /** Sandboxes kept even when nobody asks. */
  readonly min: number;
  /** Sandboxes at most, those being made included. */
  readonly max: number;
  /** Idle sandboxes kept ready while there is demand. */
  readonly idleBuffer: number;
  /** Runs after which a shared sandbox is replaced. */
  readonly maxRuns: number;
  /** Age after which a sandbox is handed out no more. Milliseconds. */
  readonly maxAgeMs: number;
  /** Unused sandboxes above `min` are removed after this long. Milliseconds. */
  readonly idleMs: number;
  /**
   * Longest wait for a sandbox while the pool gets nowhere: none handed out, none made. A queue that moves may be
   * waited in until the caller's own deadline. Milliseconds.
   */
  readonly waitMs: number;
  /** Waiting leases at most; more are refused. */
  readonly maxWaiting: number;
}

export const DEFAULT_POOL_LIMITS: PoolLimits = {
  min: 0,
  max: 2,
  idleBuffer: 1,
  maxRuns: 500,
  maxAgeMs: 3_600_000,
  idleMs: 60_000,
  waitMs: 120_000,
  maxWaiting: 100_000,
};
