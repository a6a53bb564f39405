import type { TrajectoryCall } from "../contract/rollouts.ts";
import type { CapturedCall } from "../models/index.ts";

/** Calls that were answered: one that was refused, as for a prompt that does not fit, has sampled nothing. */
export function answeredCalls<Call extends Pick<TrajectoryCall, "status">>(calls: readonly Call[]): Call[] {
  return calls.filter(({ status }) => status < 400);
}

/** The tokens of a call. */
export function capturedCall(call: Omit<TrajectoryCall, "request" | "response">): CapturedCall {
  const generation = call.generation_token_ids;
  const whole = { version: call.weight_version, start: 0, end: generation?.length ?? 0 };
  return {
    id: call.id,
    parent: call.parent,
    broken: call.break,
    trainable: call.trainable,
    prompt: call.prompt_token_ids,
    generation,
    logProbs: call.generation_log_probs,
    weightVersions: call.weight_versions.length > 0 ? call.weight_versions : [whole],
    finishReason: call.finish_reason,
  };
}
