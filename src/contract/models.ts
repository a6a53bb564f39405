import { z } from "zod";
import type { Route } from "./route.ts";

/** How a fleet's calls are spread: a policy of the balancer, or somebody else's router. */
export const ROUTINGS = [
  "sticky_least_cost",
  "random",
  "round_robin",
  "least_requests",
  "power_of_two",
  "hash_mod",
  "chwbl",
  "sticky_least_sessions",
  "cache_aware",
  "scored",
  "external",
] as const;

const ReplicaId = z.string().min(1).max(256);

/** A member of a fleet, as its owner names it. */
const ReplicaInput = z.strictObject({
  id: ReplicaId.describe("Stable: the same replica after a restart has the same id."),
  url: z.url({ protocol: /^https?$/ }),
  api_key: z.string().min(1).max(8192).optional().describe("The fleet's own key goes to configured URLs only."),
  max_in_flight: z.int().min(1).max(100_000).optional(),
  max_sequences: z.int().min(1).max(100_000).optional().describe("Sequences that the engine runs at once."),
  kv_tokens: z.int().min(1).optional().describe("Tokens that its KV cache holds. Default: as its engine says."),
});

export const MembershipInput = z.strictObject({
  generation: z
    .int()
    .min(1)
    .describe("Grows with every change; an older one is refused, and so is the same one with other replicas."),
  replicas: z.array(ReplicaInput).max(1024).describe("All of them: who is missing finishes its calls and leaves."),
});

const ReplicaView = z.object({
  id: z.string(),
  state: z.enum(["starting", "ready", "suspect", "paused", "draining", "dead", "stale"]),
  in_flight: z.int(),
  waiting: z.int().describe("Calls that wait for this very replica."),
  sessions: z.int(),
  resident_tokens: z.number().describe("Tokens of its sessions and their groups' prompts."),
  active_tokens: z.number().describe("Tokens of the calls in flight."),
  kv_tokens: z.int(),
  slowness: z.number().describe("Time for a token beside the fleet's median."),
  still_ms: z.number().describe("How long its engine has stood still with calls in flight."),
  weight_version: z.string().nullable(),
});

/** A fleet as operators see it. */
export const FleetView = z
  .object({
    name: z.string(),
    routing: z.enum(ROUTINGS),
    advised_sessions: z
      .int()
      .nullable()
      .describe("Rollouts that should run at once, so that their tokens stay cached; null before anything is known."),
    generation: z.int(),
    sessions: z.int(),
    waiting: z.int(),
    replicas: z.array(ReplicaView),
  })
  .meta({ id: "Fleet" });
export type FleetView = z.infer<typeof FleetView>;

const OrderResults = z.object({
  replicas: z.array(
    z.object({ replica: z.string(), problem: z.string().nullable().describe("Null where the replica did it.") }),
  ),
});

/** Pauses that wait for every call in flight take at most so long. */
export const MAX_PAUSE_SECONDS = 1800;

const OF_OPERATORS = { scope: "operator", status: 200 } as const;

/** What operators and trainers see and do of fleets. */
export const FLEET_ROUTES = {
  getFleet: {
    method: "GET",
    path: "/api/v1/models/{name}/fleet",
    summary: "Replicas of a model's fleet, their states and loads",
    scope: "admin",
    status: 200,
    response: FleetView,
  },
  putReplicas: {
    ...OF_OPERATORS,
    method: "PUT",
    path: "/api/v1/models/{name}/replicas",
    summary: "Replace the membership of a fleet as a whole",
    body: MembershipInput,
    response: FleetView,
  },
  drainReplica: {
    ...OF_OPERATORS,
    method: "POST",
    path: "/api/v1/models/{name}/replicas/{id}/drain",
    summary: "Give a replica no new calls; its sessions move at their next turns",
    body: z.strictObject({ on: z.boolean().default(true).describe("False takes it back.") }),
    response: FleetView,
  },
  pauseModel: {
    ...OF_OPERATORS,
    method: "POST",
    path: "/api/v1/models/{name}/pause",
    summary: "Begin a weight update: engines pause, new calls wait for the resume",
    // It may wait for every call in flight, as long as it says.
    timeoutMs: (MAX_PAUSE_SECONDS + 60) * 1000,
    body: z.strictObject({
      mode: z
        .enum(["wait", "keep", "abort"])
        .default("wait")
        .describe("Calls in flight finish, or freeze and go on with the new weights, or are aborted and made again."),
      timeout_seconds: z
        .number()
        .positive()
        .max(MAX_PAUSE_SECONDS)
        .optional()
        .describe("Longest wait for a replica to pause. Default: the model's `pause_timeout_seconds`."),
    }),
    response: OrderResults,
  },
  resumeModel: {
    ...OF_OPERATORS,
    method: "POST",
    path: "/api/v1/models/{name}/resume",
    summary: "End a weight update; every call from now on is stamped with the version",
    body: z.strictObject({
      weight_version: z.string().min(1).max(256).optional(),
      failed: z
        .array(ReplicaId)
        .max(1024)
        .default([])
        .describe("Replicas with old weights: no training rollouts go there."),
    }),
    response: OrderResults,
  },
} as const satisfies Record<string, Route>;
