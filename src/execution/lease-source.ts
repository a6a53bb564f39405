import type { Clock } from "../core/clock.ts";
import { poolKey, type SandboxPools, type SandboxSpec } from "../sandbox/index.ts";
import type { LeaseSource } from "./attribution/index.ts";

/** Pools, as far as executing programs needs them. */
export type PoolAccess = Pick<SandboxPools, "pool" | "admin">;

/** Where sandboxes of a specification come from, and why not when they don't. */
export function leaseSource(pools: PoolAccess, spec: SandboxSpec, clock: Clock): LeaseSource {
  const failure = () => {
    const key = poolKey(spec);
    const pool = pools.admin.list().find((view) => poolKey(view.spec) === key);
    return pool?.lastError?.message ?? null;
  };
  return { pool: pools.pool(spec), clock, failure };
}
