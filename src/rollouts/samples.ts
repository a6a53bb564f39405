import type { Rollout, Trajectory } from "../contract/rollouts.ts";
import type { BranchSample, Sample } from "../contract/samples.ts";
import { branchSamples } from "../models/index.ts";
import { answeredCalls, capturedCall } from "./call-tokens.ts";

/**
 * The samples of a finished rollout: one for each branch, and one, masked, for each call that cannot be part of any. A rollout
 * without an answered call has one, too, masked and empty, so that every group is seen whole.
 */
export function rolloutSamples(rollout: Rollout, trajectory: Trajectory | null): Sample[] {
  const calls = answeredCalls(trajectory?.calls ?? []).map(capturedCall);
  const samples = calls.length > 0 ? branchSamples(calls) : [NO_CALLS];
  return samples.map((sample) => ({
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
