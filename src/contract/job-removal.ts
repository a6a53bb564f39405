import { z } from "zod";
import type { Route } from "./route.ts";

const RemovedJob = z.object({ id: z.string(), removed: z.literal(true) }).meta({ id: "RemovedJob" });

export const JOB_REMOVAL_ROUTES = {
  removeJob: {
    method: "DELETE",
    path: "/api/v1/jobs/{id}",
    summary: "Remove a job that has ended, with its rollouts and their records; 409 `job_open` for one that has not",
    scope: "jobs",
    status: 200,
    response: RemovedJob,
  },
} as const satisfies Record<string, Route>;
