import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { PoolsAdmin, PoolView, SandboxView } from "../../../src/sandbox/index.ts";

/** Pools of an operator without sandboxes, with what was asked of them. */
export interface MemoryPools extends PoolsAdmin {
  readonly killed: string[];
}

export function memoryPools(): MemoryPools {
  const killed: string[] = [];
  let pool: PoolView = {
    id: "pool_1",
    state: "open",
    spec: {
      tenant: "default",
      resource: "execution",
      image: "python",
      cpus: 2,
      slots: 2,
      memoryBytes: 512 << 20,
      scratchBytes: 64 << 20,
      processes: 64,
      network: "none",
      runtime: "default",
      mode: "auto",
    },
    limits: { min: 0, max: 2, idleBuffer: 1 },
    stats: {
      idle: 1,
      leased: 0,
      creating: 0,
      waiting: 0,
      created: 3,
      removed: 1,
      lost: 1,
      failed: 0,
      claims: 9,
      hits: 8,
    },
    lastError: null,
  };
  const sandbox: SandboxView = {
    id: "sbx_1",
    poolId: "pool_1",
    tenant: "default",
    resource: "execution",
    provider: "memory",
    image: "sandlot/python:1",
    mode: "B",
    state: "idle",
    users: 0,
    uses: 9,
    exclusive: false,
    ageMs: 1234.5,
    idleMs: 10,
  };
  const find = (id: string): PoolView => {
    if (id !== pool.id) throw new SandlotError("not_found", { kind: "pool", id });
    return pool;
  };
  const findSandbox = (id: string): SandboxView => {
    if (id !== sandbox.id || killed.includes(id)) throw new SandlotError("not_found", { kind: "sandbox", id });
    return sandbox;
  };
  return {
    killed,
    list: () => [pool],
    describe: find,
    scale(id, sizes) {
      const limits = { ...find(id).limits, ...sizes };
      if (limits.min > limits.max) {
        throw new SandlotError("invalid_request", { fields: [{ field: "min", problem: "must not be above max" }] });
      }
      return (pool = { ...pool, limits });
    },
    drain: (id) => (pool = { ...find(id), state: "draining" }),
    sandboxes: () => (killed.length > 0 ? [] : [sandbox]),
    sandbox: findSandbox,
    async kill(id) {
      findSandbox(id);
      killed.push(id);
    },
  };
}
