import { PoolList, PoolView, RemovedSandbox, SandboxList, SandboxView, ScaleInput } from "./pools.ts";
import type { Route } from "./route.ts";

const OF_OPERATORS = { scope: "admin", status: 200 } as const;

/** What operators see and do of the pools: those of the caller's tenant, with the scope `operator` those of all. */
export const POOLS_ROUTES = {
  listPools: {
    ...OF_OPERATORS,
    method: "GET",
    path: "/api/v1/pools",
    summary: "Pools of sandboxes: the tenant's, with the scope `operator` those of all tenants",
    response: PoolList,
  },
  getPool: {
    ...OF_OPERATORS,
    method: "GET",
    path: "/api/v1/pools/{id}",
    summary: "One pool",
    response: PoolView,
  },
  scalePool: {
    ...OF_OPERATORS,
    // What one tenant takes of the machine, others lack.
    scope: "operator",
    method: "POST",
    path: "/api/v1/pools/{id}/scale",
    summary: "Change the sizes of a pool, with the scope `operator`",
    body: ScaleInput,
    response: PoolView,
  },
  drainPool: {
    ...OF_OPERATORS,
    method: "POST",
    path: "/api/v1/pools/{id}/drain",
    summary: "Hand out no more sandboxes of a pool, and remove each as it comes back",
    response: PoolView,
  },
  listSandboxes: {
    ...OF_OPERATORS,
    method: "GET",
    path: "/api/v1/sandboxes",
    summary: "Sandboxes of these pools",
    response: SandboxList,
  },
  getSandbox: {
    ...OF_OPERATORS,
    method: "GET",
    path: "/api/v1/sandboxes/{id}",
    summary: "One sandbox",
    response: SandboxView,
  },
  killSandbox: {
    ...OF_OPERATORS,
    method: "DELETE",
    path: "/api/v1/sandboxes/{id}",
    summary: "Remove a sandbox, whoever uses it; their runs are repeated elsewhere",
    response: RemovedSandbox,
  },
} as const satisfies Record<string, Route>;
