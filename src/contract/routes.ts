import { z } from "zod";
import { JOB_STATES } from "../core/machines/job.ts";
import { OUTCOMES } from "../core/outcome.ts";
import { CATALOGUE_ROUTES } from "./environments.ts";
import { EXECUTION_ROUTES } from "./execution-routes.ts";
import { EXPORT_ROUTES } from "./exports.ts";
import { GROUP_ROUTES } from "./groups.ts";
import { JOB_REMOVAL_ROUTES } from "./job-removal.ts";
import { JOB_ROUTES } from "./job-routes.ts";
import { JobPage } from "./jobs.ts";
import { BOUNDS } from "./limits.ts";
import { METRICS_ROUTES } from "./metrics.ts";
import { FLEET_ROUTES } from "./models.ts";
import { MODEL_SESSION_ROUTES } from "./model-sessions.ts";
import { POOLS_ROUTES } from "./pools-routes.ts";
import { printable, PrintableParameter } from "./printable.ts";
import { PROFILE_ROUTES } from "./profiles.ts";
import { RolloutPage, RolloutRecord } from "./rollouts.ts";
import { RESCORE_ROUTES } from "./rescores.ts";
import { SAMPLE_ROUTES } from "./samples.ts";
import type { Route } from "./route.ts";
import { SUBMISSION_ROUTES } from "./submissions.ts";
import { VERIFICATION_ROUTES } from "./verification-routes.ts";

const PageSize = z.coerce.number().int().min(1).max(BOUNDS.pageSize);

/** A query list: `a,b` or the parameter given several times. */
const nameList = <T extends string>(names: readonly [T, ...T[]]) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat().flatMap((part) => part.split(",")))
    .pipe(z.array(z.enum(names)).min(1));

/** As long as a job's labels get. */
const Label = printable(128 + 1 + 512);

/** `key=value`, given several times for several labels; the key ends at the first `=`. */
const LabelFilter = z
  .union([Label, z.array(Label)])
  .transform((value) => [value].flat().map((pair) => /^([^=]+)=(.*)$/su.exec(pair)))
  .refine((pairs) => pairs.every((pair) => pair !== null) && pairs.length <= BOUNDS.labels, "expected key=value")
  .transform((pairs) => Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""])));

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
    query: z.object({
      cursor: PrintableParameter.optional(),
      limit: PageSize.default(50),
      state: nameList(JOB_STATES).optional(),
      environment: PrintableParameter.optional(),
      label: LabelFilter.optional().describe("`key=value`; given several times, all of them."),
    }),
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
      cursor: PrintableParameter.optional(),
      limit: PageSize.default(100),
      outcome: nameList(OUTCOMES).optional(),
      task: printable(128).optional().describe("Id of the task."),
      min_reward: z.coerce.number().optional().describe("Inclusive; rollouts without a reward are left out."),
      max_reward: z.coerce.number().optional(),
      masked: z.stringbool().optional(),
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
  ...METRICS_ROUTES,
  ...PROFILE_ROUTES,
  ...EXPORT_ROUTES,
  ...SUBMISSION_ROUTES,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
