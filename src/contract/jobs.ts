import { z } from "zod";
import { JOB_STATES } from "../core/machines/job.ts";
import { OUTCOMES, type Outcome } from "../core/outcome.ts";
import { BOUNDS, RolloutLimits } from "./limits.ts";
import { userRecord } from "./user-record.ts";

/** No control characters: names appear in logs, labels and terminals, and Postgres takes no NUL. */
const printable = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");
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

/** What `POST /api/v1/jobs` takes. */
export const JobSubmission = z
  .strictObject({
    environment: Name,
    model: Name.default("default").describe("A configured model."),
    tasks: TaskSelection.default({}),
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
  .meta({ id: "JobSubmission" });
export type JobSubmission = z.output<typeof JobSubmission>;
export type JobSubmissionInput = z.input<typeof JobSubmission>;

const Count = z.int().min(0);

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

export const JobPage = z.object({ items: z.array(Job), next_cursor: z.string().nullable() }).meta({ id: "JobPage" });
export type JobPage = z.infer<typeof JobPage>;
