import type { TrajectoryCall } from "../contract/rollouts.ts";
import { BranchLog } from "../core/tokens/branch-log.ts";
import { type LoggedCalls, spansOf } from "../core/tokens/logged-call.ts";
import { loggedCall } from "../core/tokens/token-lists.ts";

/** Recorded calls and their tokens. One that was refused, as for a prompt that does not fit, has sampled nothing. */
export function loggedCalls(recorded: readonly Omit<TrajectoryCall, "request" | "response">[]): LoggedCalls {
  const log = new BranchLog();
  const calls = recorded.map((call) => {
    const generation = call.generation_token_ids;
    const lists = { prompt: call.prompt_token_ids, generation, logProbs: call.generation_log_probs };
    return {
      ...loggedCall(log, { id: call.id, ...lists }),
      parent: call.parent,
      broken: call.break,
      arrived: call.status < 400,
      trainable: call.trainable,
      weightVersions: spansOf(call.weight_versions, call.weight_version, generation),
      finishReason: call.finish_reason,
    };
  });
  return { calls, log };
}
