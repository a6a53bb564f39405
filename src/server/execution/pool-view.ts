import type { PoolView, SandboxView } from "../../contract/pools.ts";
import type { PoolView as Pool, SandboxView as Sandbox } from "../../sandbox/index.ts";

/** A pool as the API shows it. */
export function poolView({ id, state, spec, limits, stats, lastError }: Pool): PoolView {
  return {
    id,
    state,
    spec: {
      tenant: spec.tenant,
      resource: spec.resource,
      image: spec.image,
      cpus: spec.cpus,
      slots: spec.slots,
      memory_bytes: spec.memoryBytes,
      scratch_bytes: spec.scratchBytes,
      processes: spec.processes,
      network: spec.network,
      runtime: spec.runtime,
      mode: spec.mode,
    },
    limits: { min: limits.min, max: limits.max, idle_buffer: limits.idleBuffer },
    stats: {
      idle: stats.idle,
      leased: stats.leased,
      creating: stats.creating,
      waiting: stats.waiting,
      created: stats.created,
      removed: stats.removed,
      lost: stats.lost,
      failed: stats.failed,
      claims: stats.claims,
      hits: stats.hits,
    },
    last_error: lastError && { code: lastError.code, message: lastError.message },
  };
}

/** A sandbox as the API shows it. */
export function sandboxView(sandbox: Sandbox): SandboxView {
  return {
    id: sandbox.id,
    pool_id: sandbox.poolId,
    tenant: sandbox.tenant,
    resource: sandbox.resource,
    provider: sandbox.provider,
    image: sandbox.image,
    mode: sandbox.mode,
    state: sandbox.state,
    users: sandbox.users,
    uses: sandbox.uses,
    exclusive: sandbox.exclusive,
    age_ms: Math.round(sandbox.ageMs),
    idle_ms: Math.round(sandbox.idleMs),
  };
}
