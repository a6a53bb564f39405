import { z } from "zod";
import { OUTCOMES, TRUNCATIONS } from "../core/outcome.ts";
import { PrefixBreak } from "./prefix-break.ts";
import { BOUNDS } from "./limits.ts";
import { PrintableParameter } from "./printable.ts";
import type { Route } from "./route.ts";
import { VersionsBetween } from "./versions-between.ts";

/** Generated tokens `start` (inclusive) to `end` (exclusive) of a response, and where they come from. */
const SampleSpan = z.object({
  call_id: z.string(),
  start: z.int().min(0),
  end: z.int().min(0),
  weight_version: z
    .string()
    .nullable()
    .describe("Version of the weights that sampled them; null where the engine does not say."),
  between: VersionsBetween,
});

/** One branch of a trajectory as one sequence of tokens. */
export const BranchSample = z
  .object({
    branch: z.int().min(0).describe("0 for a trajectory whose turns continue each other token by token."),
    call_ids: z.array(z.string()),
    break: PrefixBreak.nullable().describe("Why this branch did not continue an earlier one."),
    prompt_ids: z.array(z.int()),
    response_ids: z
      .array(z.int())
      .describe("Everything after the prompt: what was sampled and what the environment said."),
    loss_mask: z
      .array(z.union([z.literal(0), z.literal(1)]))
      .describe(
        "One for each token of the response: 1 to train on, 0 for the environment's and for what another branch holds.",
      ),
    logprobs: z
      .array(z.number())
      .describe("One for each token of the response, as the engine gave them; 0 where nothing was sampled."),
    spans: z.array(SampleSpan),
    finish_reason: z.string().nullable(),
    mask: z.boolean().describe("True when it must not be trained on."),
    problem: z.string().nullable().describe("What keeps it from being trained on, where the rollout itself does not."),
  })
  .meta({ id: "BranchSample" });
export type BranchSample = z.infer<typeof BranchSample>;

/** What a gradient step reads: a branch of a rollout's trajectory, with what the rollout came to. */
export const Sample = BranchSample.extend({
  id: z.string().describe("The rollout's id and the number of the branch."),
  rollout_id: z.string(),
  job_id: z.string(),
  group_id: z.string().describe("Equal for all rollouts of one task in one job."),
  task_id: z.string(),
  rollout_index: z.int().min(0).describe("Position in its group."),
  sequence: z.int().describe("Of the rollout's delivery in the job."),
  truncated_by: z.enum(TRUNCATIONS).nullable(),
  outcome: z.enum(OUTCOMES),
  reward: z.number().nullable().describe("Of the whole rollout."),
}).meta({ id: "Sample" });
export type Sample = z.infer<typeof Sample>;

export const SamplePage = z
  .object({
    items: z.array(Sample),
    next_cursor: z.string().describe("Where to go on, also after the last page of a job that still runs."),
    complete: z.boolean().describe("True when the job has ended and this page reaches its end."),
  })
  .meta({ id: "SamplePage" });
export type SamplePage = z.infer<typeof SamplePage>;

/** Longest wait for a page, seconds. */
const LONGEST_WAIT_SECONDS = 30;

/** Rollouts whose samples one page holds. */
export const MOST_SAMPLED_ROLLOUTS = 100;

export const SAMPLE_ROUTES = {
  listSamples: {
    method: "GET",
    path: "/api/v1/jobs/{id}/samples",
    summary: "Token-exact samples of finished rollouts, in the order of delivery; refused for jobs that replay answers",
    scope: "jobs",
    query: z.object({
      cursor: PrintableParameter.optional(),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(Math.min(BOUNDS.pageSize, MOST_SAMPLED_ROLLOUTS))
        .default(MOST_SAMPLED_ROLLOUTS)
        .describe("Rollouts. A page of more than a million tokens ends sooner, also amid the samples of a rollout."),
      wait_seconds: z.coerce
        .number()
        .min(0)
        .max(LONGEST_WAIT_SECONDS)
        .default(0)
        .describe("How long to wait for the next rollout, while the job runs, where the page would be empty."),
    }),
    status: 200,
    response: SamplePage,
  },
} as const satisfies Record<string, Route>;
