import { z } from "zod";
import { OUTCOMES } from "../core/outcome.ts";
import type { Route } from "./route.ts";
import { AttemptError } from "./rollouts.ts";
import { Verdict } from "./verdict.ts";

/** A job of any size may wait for a long queue. */
const RESCORE_MS = 6 * 3600 * 1000;

const Judged = z.object({
  outcome: z.enum(OUTCOMES),
  reward: z.number().nullable(),
  reason: z.string().nullable().describe("Status of the verdict's first failed test, or code of the error."),
});

/** A rollout whose reward is another one now. */
export const RewardFlip = z
  .object({
    rollout_id: z.string(),
    task_id: z.string(),
    rollout_index: z.int(),
    before: Judged,
    after: Judged,
    message: z.string().describe("One sentence: why, in the words of the new verdict or fault."),
  })
  .meta({ id: "RewardFlip" });
export type RewardFlip = z.infer<typeof RewardFlip>;

const COUNTS = {
  id: z.string(),
  job_id: z.string(),
  finished: z.int().describe("Finished rollouts of the job when it began."),
  rescored: z.int().describe("Those that were verified again; each has a further verdict."),
  skipped: z.int().describe("Those that have no answer to verify."),
  masked: z.int().describe("Of those rescored: a fault kept the answer from being judged."),
  flipped: z.int(),
  mean_before: z.number().nullable().describe("Mean reward of those rescored, as far as they had one."),
  mean_after: z.number().nullable(),
};

/** How far it has come; also event `progress`. */
export const RescoreTally = z.object(COUNTS).meta({ id: "RescoreTally" });
export type RescoreTally = z.infer<typeof RescoreTally>;

export const Rescore = RescoreTally.extend({ flips: z.array(RewardFlip) }).meta({ id: "Rescore" });
export type Rescore = z.infer<typeof Rescore>;

/** One verdict of several on a rollout. */
export const VerdictVersion = Judged.extend({
  version: z.int().min(1).describe("1 is the rollout's own."),
  rescore_id: z.string().nullable(),
  masked: z.boolean(),
  verdict: Verdict.nullable(),
  error: AttemptError.nullable(),
  created_at: z.iso.datetime().nullable(),
}).meta({ id: "VerdictVersion" });
export type VerdictVersion = z.infer<typeof VerdictVersion>;

export const VerdictVersions = z.object({ items: z.array(VerdictVersion) }).meta({ id: "VerdictVersions" });

/** Stored rollouts through the present verifiers. */
export const RESCORE_ROUTES = {
  rescoreJob: {
    method: "POST",
    path: "/api/v1/jobs/{id}/rescore",
    summary: "Verify a job's finished rollouts again; each verdict is kept beside the first, which stays as it is",
    scope: "jobs",
    timeoutMs: RESCORE_MS,
    status: 200,
    response: Rescore,
  },
  streamRescore: {
    method: "POST",
    path: "/api/v1/jobs/{id}/rescore/stream",
    summary: "The same as server-sent events: `flip` for each reward that changes, `progress`, then `end`; or `error`",
    scope: "jobs",
    status: 200,
    response: "events",
  },
  listVerdicts: {
    method: "GET",
    path: "/api/v1/rollouts/{id}/verdicts",
    summary: "Every verdict on a rollout, the first one first",
    scope: "jobs",
    status: 200,
    response: VerdictVersions,
  },
} as const satisfies Record<string, Route>;
