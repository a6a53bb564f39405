import type { Clock } from "../core/clock.ts";
import type { SandboxPools, SandboxSpec } from "../sandbox/index.ts";
import type { LeaseSource } from "./attribution/index.ts";

/** Pools, as far as executing programs needs them. */
export type PoolAccess = Pick<SandboxPools, "pool" | "lastError">;

/** Where sandboxes of a specification come from, and why not when they don't. */
export function leaseSource(pools: PoolAccess, spec: SandboxSpec, clock: Clock): LeaseSource {
  return { pool: pools.pool(spec), clock, failure: () => pools.lastError(spec)?.message ?? null };
}
