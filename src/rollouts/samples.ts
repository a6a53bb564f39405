import type { Rollout, Trajectory } from "../contract/rollouts.ts";
import type { BranchSample, Sample } from "../contract/samples.ts";
import { BranchSamples } from "../models/index.ts";
import { loggedCalls } from "./call-tokens.ts";

/** Samples of one rollout on one page. */
export interface RolloutSamples {
  readonly items: Sample[];
  /** The branch that comes next; null after the last. */
  readonly next: number | null;
  /** Tokens of these samples. */
  readonly tokens: number;
}

/**
 * The samples of a finished rollout from one branch on: one for each branch, and one, masked, for each call that cannot be part of
 * any. A rollout without an answered call has one, too, masked and empty, so that every group is seen whole. A page that already
 * holds so many tokens may take no more.
 */
export function rolloutSamples(
  rollout: Rollout,
  trajectory: Trajectory | null,
  { from = 0, holds = 0 }: { readonly from?: number; readonly holds?: number } = {},
): RolloutSamples {
  const logged = loggedCalls(trajectory?.calls ?? []);
  const isEmpty = logged.calls.every(({ arrived }) => !arrived);
  const page = isEmpty ? { items: [NO_CALLS], next: null, tokens: 0 } : new BranchSamples(logged).page(from, { holds });
  const items = page.items.map((sample) => ({
    ...sample,
    id: `${rollout.id}-${sample.branch}`,
    rollout_id: rollout.id,
    job_id: rollout.job_id,
    group_id: `${rollout.job_id}-${rollout.task_index}`,
    task_id: rollout.task_id,
    rollout_index: rollout.rollout_index,
    sequence: rollout.sequence ?? 0,
    truncated_by: rollout.truncated_by,
    outcome: rollout.outcome ?? "cancelled",
    reward: rollout.reward,
    mask: sample.mask || rollout.masked !== false,
  }));
  return { ...page, items };
}

const NO_CALLS: BranchSample = {
  branch: 0,
  call_ids: [],
  break: null,
  prompt_ids: [],
  response_ids: [],
  loss_mask: [],
  logprobs: [],
  spans: [],
  finish_reason: null,
  mask: true,
  problem: "no model call was answered",
};
