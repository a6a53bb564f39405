import { z } from "zod";
import { ROLLOUT_STATES } from "../core/machines/rollout.ts";
import { OUTCOMES, TRUNCATIONS } from "../core/outcome.ts";
import { PrefixBreak } from "./prefix-break.ts";
import { VersionsBetween } from "./versions-between.ts";
import { TokenUsage } from "./responses.ts";
import { Verdict } from "./verdict.ts";

const Timestamp = z.iso.datetime().nullable();

/** Why an attempt did not end in a verdict. */
export const AttemptError = z
  .object({ code: z.string(), message: z.string(), context: z.record(z.string(), z.unknown()), hint: z.string() })
  .meta({ id: "AttemptError" });
export type AttemptError = z.infer<typeof AttemptError>;

/** One entry of a rollout's ledger of attempts. */
export const Attempt = z
  .object({
    number: z.int().min(1),
    worker: z.string(),
    started_at: Timestamp,
    ended_at: Timestamp,
    outcome: z.enum(OUTCOMES).nullable().describe("Null while it runs, and when its worker was lost."),
    error: AttemptError.nullable(),
    retried: z.boolean().describe("Whether another attempt followed."),
  })
  .meta({ id: "Attempt" });
export type Attempt = z.infer<typeof Attempt>;

/** Milliseconds of a rollout's last attempt. */
export const RolloutTimes = z
  .object({ total_ms: z.number(), model_ms: z.number(), tools_ms: z.number(), verify_ms: z.number() })
  .meta({ id: "RolloutTimes" });
export type RolloutTimes = z.infer<typeof RolloutTimes>;

/** A rollout as lists show it. Reward, outcome and mask are three fields. */
export const Rollout = z
  .object({
    id: z.string(),
    job_id: z.string(),
    environment: z.string(),
    task_id: z.string(),
    task_index: z.int().describe("Position of the task in the job."),
    rollout_index: z.int().describe("Position in its group."),
    state: z.enum(ROLLOUT_STATES),
    outcome: z.enum(OUTCOMES).nullable(),
    reward: z.number().nullable().describe("Null unless a verifier spoke."),
    masked: z.boolean().nullable().describe("True when the sample must not be trained on. Null until it ends."),
    truncated_by: z.enum(TRUNCATIONS).nullable(),
    reason: z.string().nullable().describe("Status of the verdict's first failed test, or code of the error."),
    reward_components: z.record(z.string(), z.number()).nullable(),
    metrics: z.record(z.string(), z.number()),
    times: RolloutTimes.nullable(),
    attempts: z.int().min(0),
    sequence: z.int().nullable().describe("Order of delivery in the job, from 1, without gaps."),
    replay: z.boolean(),
    ended_at: Timestamp,
  })
  .meta({ id: "Rollout" });
export type Rollout = z.infer<typeof Rollout>;

/** One model call of a trajectory. */
export const TrajectoryCall = z
  .object({
    id: z.string(),
    parent: z.string().nullable().describe("The call whose history this one continues; a plain rollout is one branch."),
    break: PrefixBreak.nullable().default(null),
    role: z.string().describe("Who asked: `policy` for the agent under training."),
    model: z.string(),
    replica: z.string().nullable().default(null).describe("The replica that answered, where a fleet did."),
    trainable: z.boolean(),
    weight_version: z.string().nullable().describe("Of its last token, where the engine tells."),
    weight_versions: z
      .array(
        z.object({
          version: z.string().nullable(),
          between: VersionsBetween,
          start: z.int().min(0),
          end: z.int().min(0),
        }),
      )
      .default([])
      .describe("Spans of the generation by the weights that sampled them; empty where all are of one version."),
    status: z.int().describe("HTTP status of the endpoint's answer."),
    finish_reason: z.string().nullable(),
    items: z
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe("How many of the trajectory's items it answered; null in records of old."),
    request: z.string().describe("Body sent, as text."),
    response: z.string().describe("Body received, as text."),
    usage: TokenUsage.nullable(),
    prompt_token_ids: z.array(z.int()).nullable(),
    generation_token_ids: z.array(z.int()).nullable(),
    generation_log_probs: z.array(z.number()).nullable(),
    started_at: z.iso.datetime(),
    duration_ms: z.number(),
  })
  .meta({ id: "TrajectoryCall" });
export type TrajectoryCall = z.infer<typeof TrajectoryCall>;

const CallAt = { call: z.string(), turn: z.int().min(1) };

/** Whether a trajectory's calls join into one sequence of tokens. */
export const Contiguity = z
  .object({
    calls: z.int().min(0),
    branches: z
      .int()
      .min(0)
      .describe("Sequences that the calls make; one when every prompt continues what came before."),
    breaks: z.array(z.object({ ...CallAt, position: z.int().min(0) })),
    problems: z.array(z.object({ ...CallAt, problem: z.string() })),
    contiguous: z.boolean(),
  })
  .meta({ id: "Contiguity" });

/** The tree of a rollout's model calls, and the conversation they made. */
export const Trajectory = z
  .object({
    calls: z.array(TrajectoryCall),
    items: z.array(z.unknown()).describe("Every output item and tool result after the row's input, in order."),
    contiguity: Contiguity,
    response: z.unknown().describe("The final Responses object that was verified; null when there was none."),
  })
  .meta({ id: "Trajectory" });
export type Trajectory = z.infer<typeof Trajectory>;

/** One rollout with everything that was recorded. */
export const RolloutRecord = Rollout.extend({
  row: z.unknown().describe("The dataset row; hidden tests only with the scope hidden_tests."),
  trajectory: Trajectory.nullable(),
  verdict: Verdict.nullable(),
  ledger: z.array(Attempt),
}).meta({ id: "RolloutRecord" });
export type RolloutRecord = z.infer<typeof RolloutRecord>;

export const RolloutPage = z
  .object({
    items: z.array(z.union([RolloutRecord, Rollout])),
    next_cursor: z.string().describe("Where to go on, also after the last page of a job that still runs."),
    complete: z.boolean().describe("True when the job has ended and this page reaches its end."),
  })
  .meta({ id: "RolloutPage" });
export type RolloutPage = z.infer<typeof RolloutPage>;
