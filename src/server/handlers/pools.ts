import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { PoolsAdmin, PoolView, SandboxView } from "../../sandbox/index.ts";
import { poolView, sandboxView } from "../execution/pool-view.ts";
import type { HandlersOf } from "../route-types.ts";

type PoolRoutes = "listPools" | "getPool" | "scalePool" | "drainPool" | "listSandboxes" | "getSandbox" | "killSandbox";

/** Handlers of what operators see and do; of another tenant's, who is none of them finds nothing. */
export function poolHandlers(pools: PoolsAdmin): HandlersOf<PoolRoutes> {
  return {
    async listPools(ctx) {
      const items = pools.list().filter(({ spec }) => mayReach(ctx, spec.tenant));
      return { body: { items: items.map(poolView) } };
    },
    async getPool(ctx, { params }) {
      return { body: poolView(findPool(ctx, pools, params.id)) };
    },
    async scalePool(ctx, { params, body: { min, max, idle_buffer } }) {
      const { id } = findPool(ctx, pools, params.id);
      const sizes = {
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(idle_buffer === undefined ? {} : { idleBuffer: idle_buffer }),
      };
      return { body: poolView(pools.scale(id, sizes)) };
    },
    async drainPool(ctx, { params }) {
      const { id } = findPool(ctx, pools, params.id);
      return { body: poolView(pools.drain(id)) };
    },
    async listSandboxes(ctx) {
      const items = pools.sandboxes().filter(({ tenant }) => mayReach(ctx, tenant));
      return { body: { items: items.map(sandboxView) } };
    },
    async getSandbox(ctx, { params }) {
      return { body: sandboxView(findSandbox(ctx, pools, params.id)) };
    },
    async killSandbox(ctx, { params }) {
      const { id } = findSandbox(ctx, pools, params.id);
      await pools.kill(id);
      return { body: { id, removed: true } };
    },
  };
}

function mayReach({ principal }: CallContext, tenant: string): boolean {
  return principal.tenant === tenant || principal.scopes.includes("operator");
}

/** Throws `not_found`, whether there is none or it is another tenant's. */
function findPool(ctx: CallContext, pools: PoolsAdmin, id: string): PoolView {
  const pool = pools.describe(id);
  if (!mayReach(ctx, pool.spec.tenant)) throw new SandlotError("not_found", { kind: "pool", id });
  return pool;
}

/** The same of a sandbox. */
function findSandbox(ctx: CallContext, pools: PoolsAdmin, id: string): SandboxView {
  const sandbox = pools.sandbox(id);
  if (!mayReach(ctx, sandbox.tenant)) throw new SandlotError("not_found", { kind: "sandbox", id });
  return sandbox;
}
