import { z } from "zod";
import { OUTCOMES } from "../core/outcome.ts";
import { AddedTasks, Job, JobEstimate, JobSubmission, SubmittedJob, TaskBatch } from "./jobs.ts";
import { BOUNDS } from "./limits.ts";
import type { Route } from "./route.ts";

const Idempotent = z.object({ "idempotency-key": z.string().min(1).max(256).optional() });

/** Time that a long upload or a large submission may take. Milliseconds. */
const INTAKE_MS = 30 * 60_000;

/** Outcomes that a retry of a job plays again where none are named. */
const RETRIED = OUTCOMES.filter(
  (outcome) => outcome !== "scored" && outcome !== "truncated" && outcome !== "cancelled",
);

/** Operations on a job as a whole. */
export const JOB_ROUTES = {
  submitJob: {
    method: "POST",
    path: "/api/v1/jobs",
    summary: "Submit a job; 200 with the earlier job when the Idempotency-Key is known",
    scope: "jobs",
    headers: Idempotent,
    body: JobSubmission,
    timeoutMs: INTAKE_MS,
    status: 201,
    response: SubmittedJob,
  },
  dryRunJob: {
    method: "POST",
    path: "/api/v1/jobs/dry-run",
    summary: "What a submission would come to: every row is checked, nothing is kept",
    scope: "jobs",
    body: JobSubmission,
    timeoutMs: INTAKE_MS,
    status: 200,
    response: JobEstimate,
  },
  getJob: { method: "GET", path: "/api/v1/jobs/{id}", summary: "One job", scope: "jobs", status: 200, response: Job },
  cancelJob: {
    method: "POST",
    path: "/api/v1/jobs/{id}/cancel",
    summary: "Cancel a job; its open rollouts end as cancelled",
    scope: "jobs",
    body: z
      .strictObject({
        grace_seconds: z
          .number()
          .min(0)
          .max(3600)
          .default(60)
          .describe("Time for what runs to stop by itself; what still runs after it ends without its worker."),
      })
      .prefault({}),
    status: 200,
    response: Job,
  },
  pauseJob: {
    method: "POST",
    path: "/api/v1/jobs/{id}/pause",
    summary: "Begin no more rollouts of a job; what runs goes on",
    scope: "jobs",
    status: 200,
    response: Job,
  },
  resumeJob: {
    method: "POST",
    path: "/api/v1/jobs/{id}/resume",
    summary: "Go on with a paused job",
    scope: "jobs",
    status: 200,
    response: Job,
  },
  closeJob: {
    method: "POST",
    path: "/api/v1/jobs/{id}/close",
    summary: "Take no more tasks for an open-ended job; it ends with its last rollout",
    scope: "jobs",
    status: 200,
    response: Job,
  },
  retryJob: {
    method: "POST",
    path: "/api/v1/jobs/{id}/retry",
    summary: "A new job of the rollouts of an ended one that were masked; what was delivered stays as it is",
    scope: "jobs",
    headers: Idempotent,
    body: z.strictObject({ outcomes: z.array(z.enum(OUTCOMES)).min(1).default(RETRIED) }).prefault({}),
    status: 201,
    response: Job,
  },
  addTasks: {
    method: "POST",
    path: "/api/v1/jobs/{id}/tasks",
    summary: "Add tasks to an open-ended job, once for each Idempotency-Key",
    scope: "jobs",
    headers: Idempotent,
    body: TaskBatch,
    timeoutMs: INTAKE_MS,
    status: 200,
    response: AddedTasks,
  },
  uploadTasks: {
    method: "POST",
    path: "/api/v1/jobs/{id}/tasks/upload",
    summary:
      "Add rows to an open-ended job as JSON lines (application/x-ndjson), read as they come: all of them or none",
    scope: "jobs",
    headers: Idempotent,
    query: z.object({ on_invalid: z.enum(["fail", "skip"]).default("fail") }),
    body: "lines",
    bodyBytes: BOUNDS.uploadBytes,
    timeoutMs: INTAKE_MS,
    status: 200,
    response: AddedTasks,
  },
} as const satisfies Record<string, Route>;
