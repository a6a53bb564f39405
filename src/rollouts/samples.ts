import type { Rollout, Trajectory } from "../contract/rollouts.ts";
import type { Sample } from "../contract/samples.ts";
import { branchSamples } from "../models/index.ts";
import { answeredCalls, capturedCall } from "./call-tokens.ts";

/** The samples of a finished rollout: one for each branch, and one, masked, for each call that cannot be part of any. */
export function rolloutSamples(rollout: Rollout, trajectory: Trajectory | null): Sample[] {
  const calls = answeredCalls(trajectory?.calls ?? []).map(capturedCall);
  return branchSamples(calls).map((sample) => ({
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
