import type { PoolsAdmin } from "../../sandbox/index.ts";
import { poolView, sandboxView } from "../execution/pool-view.ts";
import type { HandlersOf } from "../route-types.ts";

type PoolRoutes = "listPools" | "getPool" | "scalePool" | "drainPool" | "listSandboxes" | "getSandbox" | "killSandbox";

/** Handlers of what operators see and do. */
export function poolHandlers(pools: PoolsAdmin): HandlersOf<PoolRoutes> {
  return {
    async listPools() {
      return { body: { items: pools.list().map(poolView) } };
    },
    async getPool(_ctx, { params }) {
      return { body: poolView(pools.describe(params.id)) };
    },
    async scalePool(_ctx, { params, body: { min, max, idle_buffer } }) {
      const sizes = {
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(idle_buffer === undefined ? {} : { idleBuffer: idle_buffer }),
      };
      return { body: poolView(pools.scale(params.id, sizes)) };
    },
    async drainPool(_ctx, { params }) {
      return { body: poolView(pools.drain(params.id)) };
    },
    async listSandboxes() {
      return { body: { items: pools.sandboxes().map(sandboxView) } };
    },
    async getSandbox(_ctx, { params }) {
      return { body: sandboxView(pools.sandbox(params.id)) };
    },
    async killSandbox(_ctx, { params: { id } }) {
      await pools.kill(id);
      return { body: { id, removed: true } };
    },
  };
}
