import type { Rollout, Trajectory, TrajectoryCall } from "../contract/rollouts.ts";
import type { Sample } from "../contract/samples.ts";
import { checkContiguity } from "../core/tokens/contiguity.ts";
import { type SampledCall, samplesOf, type TokenSample } from "../core/tokens/samples.ts";
import { answeredCalls, tokensOfCall } from "./call-tokens.ts";

/** The samples of a finished rollout: one for each branch, and one, masked, for each call that cannot be part of any. */
export function rolloutSamples(rollout: Rollout, trajectory: Trajectory | null): Sample[] {
  const calls = answeredCalls(trajectory?.calls ?? []);
  const problems = new Map(
    checkContiguity(calls.map(tokensOfCall)).problems.map(({ call, problem }) => [call, problem]),
  );
  const usable = calls.filter(({ id }) => !problems.has(id)).map((call) => sampled(call, problems));
  const drafts = [
    ...samplesOf(usable).map((sample) => ({ sample, problem: sample.superseded ? SUPERSEDED : null })),
    ...calls
      .filter(({ id }) => problems.has(id))
      .map((call) => ({ sample: emptySample(call), problem: `call ${call.id}: ${problems.get(call.id)}` })),
  ];
  return drafts.map(({ sample, problem }, branch) => ({
    id: `${rollout.id}-${branch}`,
    rollout_id: rollout.id,
    job_id: rollout.job_id,
    group_id: `${rollout.job_id}-${rollout.task_index}`,
    task_id: rollout.task_id,
    rollout_index: rollout.rollout_index,
    sequence: rollout.sequence ?? 0,
    branch,
    call_ids: [...sample.calls],
    break: sample.broken && { ...sample.broken },
    prompt_ids: sample.promptIds,
    response_ids: sample.responseIds,
    loss_mask: sample.lossMask,
    logprobs: sample.logProbs,
    spans: sample.spans.map(({ call, start, end, version }) => ({
      call_id: call,
      start,
      end,
      weight_version: version,
    })),
    finish_reason: sample.finishReason,
    truncated_by: rollout.truncated_by,
    outcome: rollout.outcome ?? "cancelled",
    reward: rollout.reward,
    mask: rollout.masked !== false || problem !== null || !sample.lossMask.includes(1),
    problem,
  }));
}

const SUPERSEDED = "another call with the same prompt was continued in its place";

function sampled(call: TrajectoryCall, problems: ReadonlyMap<string, string>): SampledCall {
  const generation = call.generation_token_ids ?? [];
  return {
    id: call.id,
    parent: call.parent === null || problems.has(call.parent) ? null : call.parent,
    broken: call.break,
    trainable: call.trainable,
    prompt: call.prompt_token_ids ?? [],
    generation,
    logProbs: call.generation_log_probs ?? [],
    weightVersions:
      call.weight_versions.length > 0
        ? call.weight_versions
        : [{ version: call.weight_version, start: 0, end: generation.length }],
    finishReason: call.finish_reason,
  };
}

function emptySample({ id, finish_reason }: TrajectoryCall): TokenSample {
  const lists = { promptIds: [], responseIds: [], lossMask: [], logProbs: [], spans: [] };
  return { calls: [id], broken: null, ...lists, finishReason: finish_reason, superseded: false };
}
