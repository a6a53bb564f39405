import { z } from "zod";
import { PrintableParameter } from "./printable.ts";
import type { Route } from "./route.ts";

/** Longest silence that an export waits out, seconds. */
const LONGEST_WAIT_SECONDS = 600;

export const EXPORT_FORMATS = ["gym", "gym_profile", "sandlot"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_ROUTES = {
  exportJob: {
    method: "GET",
    path: "/api/v1/jobs/{id}/export",
    summary: "A job's finished rollouts as NDJSON, in the order of delivery; also while it runs",
    scope: "jobs",
    query: z.object({
      format: z
        .enum(EXPORT_FORMATS)
        .default("gym")
        .describe(
          "gym: NeMo Gym's result rows; a masked one has `mask_sample` and `_ng_failure_class`, and no reward. " +
            "gym_profile: NeMo Gym's entry of each task. sandlot: rollouts with their records.",
        ),
      cursor: PrintableParameter.optional().describe(
        "Sequence of the last rollout that the caller has; for gym_profile, index of the last task.",
      ),
      limit: z.coerce.number().int().min(1).optional().describe("Lines at most."),
      wait_seconds: z.coerce
        .number()
        .min(0)
        .max(LONGEST_WAIT_SECONDS)
        .default(0)
        .describe("How long to wait for the next rollout, while the job runs, before the answer ends."),
    }),
    status: 200,
    response: "lines",
  },
} as const satisfies Record<string, Route>;
