import { z } from "zod";
import { OUTCOMES } from "../core/outcome.ts";
import { CATALOGUE_ROUTES } from "./environments.ts";
import { EXECUTION_ROUTES } from "./execution-routes.ts";
import { GROUP_ROUTES } from "./groups.ts";
import { JOB_REMOVAL_ROUTES } from "./job-removal.ts";
import { JOB_ROUTES } from "./job-routes.ts";
import { JobPage } from "./jobs.ts";
import { BOUNDS } from "./limits.ts";
import { FLEET_ROUTES } from "./models.ts";
import { MODEL_SESSION_ROUTES } from "./model-sessions.ts";
import { POOLS_ROUTES } from "./pools-routes.ts";
import { RolloutPage, RolloutRecord } from "./rollouts.ts";
import { RESCORE_ROUTES } from "./rescores.ts";
import { SAMPLE_ROUTES } from "./samples.ts";
import type { Route } from "./route.ts";
import { SUBMISSION_ROUTES } from "./submissions.ts";
import { VERIFICATION_ROUTES } from "./verification-routes.ts";

const PageSize = z.coerce.number().int().min(1).max(BOUNDS.pageSize);

/** A query list: `a,b` or the parameter given several times. */
const OutcomeFilter = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat().flatMap((part) => part.split(",")))
  .pipe(z.array(z.enum(OUTCOMES)).min(1));

const Health = z.object({ status: z.literal("ok") });
const Readiness = z.object({ status: z.enum(["ready", "not_ready"]), checks: z.record(z.string(), z.string()) });

export type { Route };

/** Every operation of the API. */
export const ROUTES = {
  health: {
    method: "GET",
    path: "/healthz",
    summary: "Whether the process lives",
    scope: null,
    status: 200,
    response: Health,
  },
  ready: {
    method: "GET",
    path: "/readyz",
    summary: "Whether it can take work; 503 while it cannot",
    scope: null,
    status: 200,
    response: Readiness,
  },
  openapi: {
    method: "GET",
    path: "/openapi.json",
    summary: "This API as an OpenAPI 3.1 document",
    scope: null,
    status: 200,
    response: z.looseObject({}),
  },
  listJobs: {
    method: "GET",
    path: "/api/v1/jobs",
    summary: "Jobs, newest first",
    scope: "jobs",
    query: z.object({ cursor: z.string().optional(), limit: PageSize.default(50) }),
    status: 200,
    response: JobPage,
  },
  jobEvents: {
    method: "GET",
    path: "/api/v1/jobs/{id}/events",
    summary: "Server-sent events: `rollout` per finished rollout (id = sequence), `progress`, and `end`",
    scope: "jobs",
    headers: z.object({ "last-event-id": z.coerce.number().int().min(0).optional() }),
    status: 200,
    response: "events",
  },
  listRollouts: {
    method: "GET",
    path: "/api/v1/jobs/{id}/rollouts",
    summary: "Finished rollouts in the order of delivery",
    scope: "jobs",
    query: z.object({
      cursor: z.string().optional(),
      limit: PageSize.default(100),
      outcome: OutcomeFilter.optional(),
      include: z
        .enum(["record"])
        .optional()
        .describe("`record` adds row, trajectory, verdict and ledger; at most 100 a page."),
    }),
    status: 200,
    response: RolloutPage,
  },
  getRollout: {
    method: "GET",
    path: "/api/v1/rollouts/{id}",
    summary: "One rollout with row, trajectory, verdict and ledger of attempts",
    scope: "jobs",
    status: 200,
    response: RolloutRecord,
  },
  ...JOB_ROUTES,
  ...GROUP_ROUTES,
  ...JOB_REMOVAL_ROUTES,
  ...CATALOGUE_ROUTES,
  ...FLEET_ROUTES,
  ...SAMPLE_ROUTES,
  ...MODEL_SESSION_ROUTES,
  ...EXECUTION_ROUTES,
  ...POOLS_ROUTES,
  ...VERIFICATION_ROUTES,
  ...RESCORE_ROUTES,
  ...SUBMISSION_ROUTES,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
