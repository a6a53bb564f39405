import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { PoolSizes } from "./limits.ts";
import type { Member } from "./member.ts";
import type { Pool } from "./pool.ts";
import type { PoolsAdmin, PoolView, SandboxView } from "./views.ts";

/** A pool under its id. */
export interface PoolEntry {
  readonly id: string;
  readonly pool: Pool;
  /** An operator has given it sizes of its own, so that it is not forgotten. */
  isScaled: boolean;
}

export interface PoolsDeskOptions {
  readonly entries: () => readonly PoolEntry[];
  readonly drain: (entry: PoolEntry) => void;
}

/** The pools as operators see and steer them. */
export class PoolsDesk implements PoolsAdmin {
  readonly #options: PoolsDeskOptions;

  constructor(options: PoolsDeskOptions) {
    this.#options = options;
  }

  list(): PoolView[] {
    return this.#options.entries().map(poolView);
  }

  describe(poolId: string): PoolView {
    return poolView(this.#entry(poolId));
  }

  scale(poolId: string, sizes: Partial<PoolSizes>): PoolView {
    const entry = this.#entry(poolId);
    const { min, max, idleBuffer } = { ...entry.pool.sizes, ...sizes };
    for (const [field, value] of Object.entries({ min, max, idle_buffer: idleBuffer })) {
      if (!Number.isSafeInteger(value) || value < 0) throw refused(field, "must be an integer that is not negative");
    }
    if (max < 1) throw refused("max", "must be at least 1");
    if (min > max) throw refused("min", `must not be above max, which is ${max}`);
    entry.isScaled = true;
    entry.pool.scale({ min, max, idleBuffer });
    return poolView(entry);
  }

  drain(poolId: string): PoolView {
    const entry = this.#entry(poolId);
    if (entry.pool.state === "open") this.#options.drain(entry);
    return poolView(entry);
  }

  sandboxes(): SandboxView[] {
    return this.#options.entries().flatMap((entry) => entry.pool.members().map((member) => sandboxView(entry, member)));
  }

  sandbox(id: string): SandboxView {
    const { entry, member } = this.#member(id);
    return sandboxView(entry, member);
  }

  async kill(id: string): Promise<void> {
    const { entry, member } = this.#member(id);
    await entry.pool.kill(member);
  }

  #entry(id: string): PoolEntry {
    const entry = this.#options.entries().find((known) => known.id === id);
    if (!entry) throw new SandlotError("not_found", { kind: "pool", id });
    return entry;
  }

  #member(id: string): { entry: PoolEntry; member: Member } {
    for (const entry of this.#options.entries()) {
      const member = entry.pool.member(id);
      if (member) return { entry, member };
    }
    throw new SandlotError("not_found", { kind: "sandbox", id });
  }
}

function refused(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}

function poolView({ id, pool }: PoolEntry): PoolView {
  const { spec, stats, lastError } = pool;
  const { min, max, idleBuffer } = pool.sizes;
  return {
    id,
    spec,
    state: pool.state === "open" ? "open" : "draining",
    limits: { min, max, idleBuffer },
    stats,
    lastError: lastError && { code: lastError.code, message: lastError.message },
  };
}

function sandboxView({ id, pool }: PoolEntry, member: Member): SandboxView {
  const { sandbox, users, uses, exclusive, retiring, ageMs, idleMs } = member;
  const { tenant, resource } = pool.spec;
  return {
    id: sandbox.id,
    poolId: id,
    tenant,
    resource,
    provider: sandbox.provider,
    image: sandbox.image,
    mode: sandbox.mode,
    state: retiring ? "retiring" : users > 0 ? "leased" : "idle",
    users,
    uses,
    exclusive,
    ageMs,
    idleMs,
  };
}
