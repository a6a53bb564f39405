import type { BranchSample } from "../../contract/samples.ts";
import { type CheckedCall, checkContiguity } from "../../core/tokens/contiguity.ts";
import { type SampledCall, samplesOf, type TokenSample } from "../../core/tokens/samples.ts";

/** A call as it becomes part of samples; what the engine did not give is null. */
export interface CapturedCall extends Omit<SampledCall, "prompt" | "generation" | "logProbs"> {
  readonly prompt: readonly number[] | null;
  readonly generation: readonly number[] | null;
  readonly logProbs: readonly number[] | null;
}

const SUPERSEDED = "another call with the same prompt was continued in its place";

/** One sample for each branch that the calls make, and one, masked, for each call that cannot be part of any. */
export function branchSamples(calls: readonly CapturedCall[]): BranchSample[] {
  const problems = new Map(
    checkContiguity(calls.map(checkedCall)).problems.map(({ call, problem }) => [call, problem]),
  );
  const usable = calls.flatMap((call) => (problems.has(call.id) ? [] : [withTokens(call, problems)]));
  const drafts = [
    ...samplesOf(usable).map((sample) => ({ sample, problem: sample.superseded ? SUPERSEDED : null })),
    ...calls
      .filter(({ id }) => problems.has(id))
      .map((call) => ({ sample: emptySample(call), problem: `call ${call.id}: ${problems.get(call.id)}` })),
  ];
  return drafts.map(({ sample, problem }, branch) => ({
    branch,
    call_ids: [...sample.calls],
    break: sample.broken && { ...sample.broken },
    prompt_ids: sample.promptIds,
    response_ids: sample.responseIds,
    loss_mask: sample.lossMask,
    logprobs: sample.logProbs,
    spans: sample.spans.map(({ call, start, end, version, between }) => ({
      call_id: call,
      start,
      end,
      weight_version: version,
      ...(between ? { between } : {}),
    })),
    finish_reason: sample.finishReason,
    mask: problem !== null || !sample.lossMask.includes(1),
    problem,
  }));
}

export function checkedCall({ id, prompt, generation, logProbs }: CapturedCall): CheckedCall {
  return { id, prompt, generation, logProbs };
}

function withTokens(call: CapturedCall, problems: ReadonlyMap<string, string>): SampledCall {
  const { parent, prompt, generation, logProbs } = call;
  const isFirst = parent === null || problems.has(parent);
  return {
    ...call,
    parent: isFirst ? null : parent,
    prompt: prompt ?? [],
    generation: generation ?? [],
    logProbs: logProbs ?? [],
  };
}

function emptySample({ id, finishReason }: CapturedCall): TokenSample {
  const lists = { promptIds: [], responseIds: [], lossMask: [], logProbs: [], spans: [] };
  return { calls: [id], broken: null, ...lists, finishReason, superseded: false };
}
