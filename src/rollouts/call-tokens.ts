import type { TrajectoryCall } from "../contract/rollouts.ts";
import type { CheckedCall } from "../core/tokens/contiguity.ts";

/** Calls that were answered: one that was refused, as for a prompt that does not fit, has sampled nothing. */
export function answeredCalls<Call extends Pick<TrajectoryCall, "status">>(calls: readonly Call[]): Call[] {
  return calls.filter(({ status }) => status < 400);
}

type Tokens = Pick<TrajectoryCall, "id" | "prompt_token_ids" | "generation_token_ids" | "generation_log_probs">;

/** The tokens of a call, as they are checked. */
export function tokensOfCall(call: Tokens): CheckedCall {
  return {
    id: call.id,
    prompt: call.prompt_token_ids,
    generation: call.generation_token_ids,
    logProbs: call.generation_log_probs,
  };
}
