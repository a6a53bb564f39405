import { z } from "zod";
import { JOB_STATES } from "../core/machines/job.ts";
import { OUTCOMES, type Outcome } from "../core/outcome.ts";
import { RETRIED_OUTCOMES } from "../core/retry-policy.ts";
import { BOUNDS, RolloutLimits } from "./limits.ts";
import { printable } from "./printable.ts";
import { userRecord } from "./user-record.ts";

const Name = printable(128).min(1);

/** Which tasks a job plays: rows in the request, or a dataset of the environment. */
export const TaskSelection = z
  .strictObject({
    rows: z
      .array(z.looseObject({}))
      .min(1)
      .max(BOUNDS.rowsPerJob)
      .optional()
      .describe("Dataset rows; their text is kept as it was sent."),
    dataset: Name.optional().describe("A dataset of the environment. Default: its first."),
    task_ids: z.array(Name).min(1).max(BOUNDS.rowsPerJob).optional().describe("Only these tasks of the dataset."),
    offset: z.int().min(0).max(1_000_000_000).optional().describe("Rows of the dataset to pass over."),
    limit: z.int().min(1).max(BOUNDS.rowsPerJob).optional().describe("Rows to take at most."),
  })
  .refine((t) => !(t.rows && (t.dataset ?? t.task_ids)), { error: "give rows or a dataset, not both", path: ["rows"] })
  .meta({ id: "TaskSelection" });
export type TaskSelection = z.infer<typeof TaskSelection>;

const Attempts = z.int().min(1).max(100);

/** Sampling is merged over each row's `responses_create_params`, key by key; what the platform owns is refused. */
export const Sampling = z
  .looseObject({
    temperature: z.number().min(0).max(100).optional(),
    top_p: z.number().gt(0).max(1).optional(),
    max_output_tokens: z.int().min(1).max(100_000_000).optional(),
    input: z.never("the row gives the input").optional(),
    model: z.never("give the model as the job's `model`").optional(),
    stream: z.never("answers are read whole").optional(),
    tools: z.never("only the row declares tools").optional(),
  })
  .meta({ id: "Sampling" });

/** What becomes of a submission with rows that its environment does not take. */
const OnInvalid = z
  .enum(["fail", "skip"])
  .default("fail")
  .describe("`fail` refuses the whole; `skip` leaves those rows out and answers which and why.");

/** How the groups of a job are made. */
const GroupSettings = z
  .strictObject({
    wanted: z
      .int()
      .min(1)
      .max(BOUNDS.repeats)
      .optional()
      .describe(
        "Unmasked rollouts with which a group has enough, of the `repeats` that are started; what is open of it then ends as cancelled. " +
          "Quick answers are favoured: see docs/jobs.md.",
      ),
    window: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe(
        "Groups that may be begun from the first incomplete one on, in the order of tasks. Default: any number.",
      ),
    deadline_seconds: z
      .number()
      .positive()
      .max(30 * 24 * 3600)
      .optional()
      .describe("From a group's first claim; what is open of it then is masked as timed out. Default: none."),
  })
  .meta({ id: "GroupSettings" });

/** Attempts in all, the first included, by outcome. */
const Retries = z
  .strictObject(
    Object.fromEntries(RETRIED_OUTCOMES.map((outcome) => [outcome, Attempts.optional()])) as Record<
      (typeof RETRIED_OUTCOMES)[number],
      z.ZodOptional<typeof Attempts>
    >,
  )
  .meta({ id: "Retries" });

/** What `POST /api/v1/jobs` takes. */
export const JobSubmission = z
  .strictObject({
    environment: Name,
    model: Name.default("default").describe("A configured model."),
    tasks: TaskSelection.nullable().default({}).describe("Null for an open-ended job that is fed later."),
    accepting: z
      .boolean()
      .default(false)
      .describe("Whether more tasks may be added: the job does not end before it is closed."),
    on_invalid: OnInvalid,
    groups: GroupSettings.default({}),
    retries: Retries.default({}).describe("Attempts of a rollout by outcome, where they differ from the server's."),
    max_versions_behind: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe(
        "Weight versions by which the oldest trainable tokens of a rollout may be behind when it ends; staler ones end as " +
          "cancelled, with the reason `stale`. Default: any number.",
      ),
    deadline_seconds: z
      .number()
      .positive()
      .max(365 * 24 * 3600)
      .optional()
      .describe("From the submission; what is open of the job then is masked as timed out."),
    repeats: z.int().min(1).max(BOUNDS.repeats).default(1).describe("Rollouts per task: the size of a group."),
    sampling: Sampling.default({}),
    limits: RolloutLimits.default({}),
    on_truncated: z
      .union([z.enum(["score", "mask"]), z.strictObject({ value: z.number() })])
      .default("score")
      .describe(
        "What a truncated rollout is worth: its score where the environment can give one, nothing, or a value.",
      ),
    priority: z.int().min(-1000).max(1000).default(0).describe("Higher is claimed first."),
    labels: userRecord(printable(128), printable(512))
      .refine((labels) => Object.keys(labels).length <= BOUNDS.labels, `at most ${BOUNDS.labels} labels`)
      .default({}),
  })
  .refine((job) => job.tasks !== null || job.accepting, {
    error: "give tasks, or let the job accept them later",
    path: ["tasks"],
  })
  .refine(({ groups, repeats }) => groups.wanted === undefined || groups.wanted <= repeats, {
    error: "must not be more than `repeats`",
    path: ["groups", "wanted"],
  })
  .meta({ id: "JobSubmission" });
export type JobSubmission = z.output<typeof JobSubmission>;
export type JobSubmissionInput = z.input<typeof JobSubmission>;

/** Tasks for an open-ended job. */
export const TaskBatch = z.strictObject({ tasks: TaskSelection, on_invalid: OnInvalid }).meta({ id: "TaskBatch" });
export type TaskBatch = z.output<typeof TaskBatch>;

const Count = z.int().min(0);

/** Rows that were left out. */
export const SkippedRows = z
  .object({
    count: Count,
    first: z
      .array(z.object({ row: z.int().min(1), problem: z.string() }))
      .describe("The first ones, counted from 1 in what was sent."),
  })
  .meta({ id: "SkippedRows" });
export type SkippedRows = z.infer<typeof SkippedRows>;

/** Counts of a job's rollouts: requested = queued + running + scored + truncated + masked, always. */
export const TallyView = z
  .object({
    requested: Count,
    queued: Count,
    running: Count,
    scored: Count,
    truncated: Count,
    masked: Count,
    outcomes: z.object(Object.fromEntries(OUTCOMES.map((o) => [o, Count])) as Record<Outcome, typeof Count>),
  })
  .meta({ id: "Tally" });

/** A job as the API shows it. */
export const Job = z
  .object({
    id: z.string(),
    tenant: z.string(),
    environment: z.string(),
    model: z.string(),
    state: z.enum(JOB_STATES),
    repeats: z.int(),
    tasks: z.int(),
    accepting: z.boolean().describe("Whether more tasks may be added."),
    groups: z.object({
      wanted: z.int().nullable(),
      window: z.int().nullable(),
      deadline_seconds: z.number().nullable(),
      complete: Count.describe("Groups whose rollouts are all done."),
    }),
    deadline_at: z.iso.datetime().nullable(),
    max_versions_behind: z.int().nullable(),
    retry_of: z.string().nullable().describe("The job whose masked rollouts this one plays again."),
    priority: z.int(),
    labels: z.record(z.string(), z.string()),
    replay: z.boolean().describe("True when the model replays recorded answers: not for training."),
    tally: TallyView,
    mean_reward: z.number().nullable().describe("Over rollouts with a reward that are not masked."),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;

/** A job as its submission is answered. */
export const SubmittedJob = Job.extend({ skipped: SkippedRows.optional() }).meta({ id: "SubmittedJob" });
export type SubmittedJob = z.infer<typeof SubmittedJob>;

/** What a submission would come to. */
export const JobEstimate = z
  .object({
    tasks: Count,
    rollouts: Count,
    skipped: SkippedRows,
    seconds_per_rollout: z
      .number()
      .nullable()
      .describe("Mean of the rollouts of this environment and model that were done last; null where there is none."),
    basis: Count.describe("How many rollouts that mean rests on."),
  })
  .meta({ id: "JobEstimate" });
export type JobEstimate = z.infer<typeof JobEstimate>;

export const AddedTasks = z
  .object({ job: Job, added: z.boolean().describe("False when the Idempotency-Key was known."), skipped: SkippedRows })
  .meta({ id: "AddedTasks" });
export type AddedTasks = z.infer<typeof AddedTasks>;

export const JobPage = z.object({ items: z.array(Job), next_cursor: z.string().nullable() }).meta({ id: "JobPage" });
export type JobPage = z.infer<typeof JobPage>;
