import { z } from "zod";
import { JOB_STATES } from "../core/machines/job.ts";
import { OUTCOMES, type Outcome, TRUNCATIONS, type Truncation } from "../core/outcome.ts";
import type { Route } from "./route.ts";

const Count = z.int().min(0);
const Numbers = z.record(z.string(), z.number());

/** How an interval came to be; docs/metrics.md has the formulas. */
export const ESTIMATORS = ["wilson", "wilson_clustered", "cluster_t", "t"] as const;
export type Estimator = (typeof ESTIMATORS)[number];

/** A 95 % confidence interval. */
export const Interval = z
  .object({
    low: z.number(),
    high: z.number(),
    estimator: z
      .enum(ESTIMATORS)
      .describe(
        "wilson: a share of independent trials. wilson_clustered: the same with as many trials as the spread between " +
          "tasks leaves of them. cluster_t: a mean with the variance between tasks. t: a mean of independent values.",
      ),
  })
  .meta({ id: "Interval" });
export type Interval = z.infer<typeof Interval>;

export const MetricInterval = Interval.extend({
  tasks: Count.describe("Tasks that the number rests on."),
  rollouts: Count.describe("Rollouts that the number rests on."),
}).meta({ id: "MetricInterval" });

/** One count for each outcome. */
export const OutcomeCounts = z.object(
  Object.fromEntries(OUTCOMES.map((o) => [o, Count])) as Record<Outcome, typeof Count>,
);
export type OutcomeCounts = z.infer<typeof OutcomeCounts>;

/** One count for each limit. */
export const TruncationCounts = z.object(
  Object.fromEntries(TRUNCATIONS.map((t) => [t, Count])) as Record<Truncation, typeof Count>,
);
export type TruncationCounts = z.infer<typeof TruncationCounts>;

/** How many of the requested rollouts the numbers rest on: requested = open + measured + masked, always. */
export const Coverage = z
  .object({
    requested: Count,
    open: Count.describe("Not done yet."),
    measured: Count.describe("Done, with a reward, and not masked: what every metric rests on."),
    masked: Count.describe("Done and not to be trained on, truncated ones among them."),
    outcomes: OutcomeCounts.describe("Of those that are done."),
    tasks: Count,
    measured_tasks: Count.describe("Tasks with a measured rollout."),
    fully_masked_tasks: Count.describe("Tasks whose rollouts are all done and masked."),
    unmeasured_answers: Count.describe("Measured rollouts whose answer was not kept; majorities are without them."),
  })
  .meta({ id: "Coverage" });
export type Coverage = z.infer<typeof Coverage>;

/** A class of rollouts, and how many of them are masked. */
const MaskRate = z.object({ rollouts: Count, masked: Count });

/** What keeps groups from teaching anything, over the whole job. */
export const JobHealth = z
  .object({
    groups: z.object({
      measured: Count.describe("Groups with two measured rollouts or more."),
      zero_variance: Count.describe("Of these: all rewards are the same, so that their advantages are 0."),
      zero_variance_share: z.number().nullable(),
      none_pass: Count.describe("Of measured groups: no rollout reaches the highest reward."),
      all_pass: Count.describe("Of measured groups: every rollout reaches it."),
    }),
    truncated: z.object({ rollouts: Count, share: z.number().nullable(), by: TruncationCounts }),
    masks: z.object({
      share: z.number().nullable().describe("Of rollouts that are done."),
      by_outcome: OutcomeCounts,
      by_reason: z.record(z.string(), Count).describe("The most frequent codes and statuses."),
      by_output_tokens: z
        .array(
          MaskRate.extend({
            from: z.int().nullable().describe("Null for rollouts whose length is not known."),
            below: z.int().nullable(),
          }),
        )
        .describe("By generated tokens."),
      by_task: z
        .array(MaskRate.extend({ task_index: Count, task_id: z.string() }))
        .describe("The tasks with the most masked rollouts."),
    }),
  })
  .meta({ id: "JobHealth" });
export type JobHealth = z.infer<typeof JobHealth>;

/** What a job's rollouts come to. Names and values of the metrics are NeMo Gym's. */
export const JobMetricsView = z
  .object({
    job_id: z.string(),
    environment: z.string(),
    state: z.enum(JOB_STATES),
    coverage: Coverage,
    key_metrics: Numbers.describe("The headline: means, pass@k for the largest k, coverage."),
    agent_metrics: z
      .record(z.string(), z.union([z.number(), z.record(z.string(), z.array(z.number()))]))
      .describe("Statistics of each field, the pass@k family in percent, and `per_sample_aggregate`."),
    intervals: z.record(z.string(), MetricInterval).describe("By name of the metric, in its unit."),
    repeat_level_metrics: z.array(Numbers).describe("By place in the group; empty without repeats."),
    fields_left_out: z.array(z.string()).describe("Fields beyond the first 64."),
    has_medians: z.boolean().describe("False where a job has more than eight million values."),
    health: JobHealth,
  })
  .meta({ id: "JobMetrics" });
export type JobMetricsView = z.infer<typeof JobMetricsView>;

/** Reading a job of a million rollouts. */
const METRICS_MS = 600_000;

export const METRICS_ROUTES = {
  getJobMetrics: {
    method: "GET",
    path: "/api/v1/jobs/{id}/metrics",
    summary: "Metrics of a job's rollouts as NeMo Gym names them, with intervals and coverage; also while it runs",
    scope: "jobs",
    timeoutMs: METRICS_MS,
    status: 200,
    response: JobMetricsView,
  },
} as const satisfies Record<string, Route>;
