import { z } from "zod";
import { BOUNDS } from "./limits.ts";
import { Interval, OutcomeCounts, TruncationCounts } from "./metrics.ts";
import { PrintableParameter } from "./printable.ts";
import type { Route } from "./route.ts";

const Count = z.int().min(0);
const Share = z.coerce.number().min(0).max(1);

/** Mean and tail of something over rollouts that have it. */
const Spread = z.object({ mean: z.number(), p50: z.number(), p95: z.number(), max: z.number() }).nullable();

/** What came of one task of a job. */
export const TaskProfile = z
  .object({
    task_index: Count.describe("Position of the task in the job."),
    task_id: z.string(),
    requested: Count,
    open: Count.describe("Not done yet."),
    measured: Count.describe("Done, with a reward, and not masked."),
    passed: Count.describe("Of these: with the reward that counts as a pass, or more."),
    pass_rate: z.number().nullable(),
    pass_interval: Interval.nullable().describe("Wilson's, 95 %."),
    mean_reward: z.number().nullable(),
    std_reward: z.number().nullable().describe("Sample standard deviation; null for fewer than two."),
    zero_variance: z.boolean().nullable().describe("All rewards are the same; null for fewer than two."),
    output_tokens: Spread.describe("Generated, as the endpoint counts them."),
    turns: Spread.describe("Model calls."),
    tool_calls: Spread,
    total_ms: Spread,
    verify_ms: Spread.describe("Over rollouts that were verified."),
    truncated: Count,
    truncated_by: TruncationCounts,
    masked: Count.describe("Done and not to be trained on, truncated ones among them."),
    errors: Count.describe("Of these: ended by a fault, not by a limit of the policy and not called off."),
    outcomes: OutcomeCounts.describe("Of those that are done."),
    reasons: z.record(z.string(), Count).describe("Why rollouts failed, the most frequent first."),
    distinct_answers: Count.nullable().describe("Different answers among those measured; null where none was kept."),
  })
  .meta({ id: "TaskProfile" });
export type TaskProfile = z.infer<typeof TaskProfile>;

/** Which tasks of a job are let through. Shares are inclusive. */
export const TASK_FILTER = {
  min_pass: Share.optional().describe("Pass rate at least; drops tasks without one."),
  max_pass: Share.optional().describe("Pass rate at most; drops tasks without one."),
  min_n: z.coerce.number().int().min(1).optional().describe("Measured rollouts at least."),
  no_errors: z.stringbool().optional().describe("Whether tasks go of which a fault has ended a rollout."),
  no_open: z.stringbool().optional().describe("Whether tasks go of which a rollout is not done."),
  pass_reward: z.coerce.number().optional().describe("The reward that is a pass. Default: the environment's highest."),
} as const;
export const TaskFilter = z.object(TASK_FILTER);
export type TaskFilter = z.output<typeof TaskFilter>;

/** Why tasks were not let through, each counted once under the first that applies. */
export const Dropped = z
  .object({ open: Count, errors: Count, too_few: Count, below: Count, above: Count })
  .meta({ id: "DroppedTasks" });
export type Dropped = z.infer<typeof Dropped>;

export const ProfilePage = z
  .object({
    items: z.array(TaskProfile.extend({ row: z.string().optional().describe("The row's raw text, where asked for.") })),
    next_cursor: z.string().nullable().describe("Null at the end of the job's tasks."),
    considered: Count.describe("Tasks that this page has looked at."),
    dropped: Dropped,
    pass_reward: z.number(),
  })
  .meta({ id: "ProfilePage" });
export type ProfilePage = z.infer<typeof ProfilePage>;

/** Tasks of one page: with 1,024 repeats each, half a million rollouts are read for it. */
export const PROFILE_ROUTES = {
  getJobProfile: {
    method: "GET",
    path: "/api/v1/jobs/{id}/profile",
    summary: "What came of each task of a job: pass rate with its interval, lengths, truncation, faults, durations",
    scope: "jobs",
    query: z.object({
      ...TASK_FILTER,
      cursor: PrintableParameter.optional(),
      limit: z.coerce.number().int().min(1).max(BOUNDS.pageSize).default(100).describe("Tasks to look at."),
      include: z.enum(["row"]).optional().describe("`row` adds each row's raw text; needs the scope hidden_tests."),
    }),
    status: 200,
    response: ProfilePage,
  },
  filterTasks: {
    method: "GET",
    path: "/api/v1/jobs/{id}/tasks",
    summary: "Rows of a job's tasks by how they went, as NDJSON: each row's text as it came",
    scope: "hidden_tests",
    query: z.object({ ...TASK_FILTER, cursor: PrintableParameter.optional() }),
    status: 200,
    response: "lines",
  },
} as const satisfies Record<string, Route>;
