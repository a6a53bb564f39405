import type { TrajectoryCall } from "../contract/rollouts.ts";
import { BranchLog } from "../core/tokens/branch-log.ts";
import type { LoggedCalls } from "../core/tokens/logged-call.ts";
import { loggedCall } from "../core/tokens/token-lists.ts";

/** Recorded calls and their tokens. One that was refused, as for a prompt that does not fit, has sampled nothing. */
export function loggedCalls(recorded: readonly Omit<TrajectoryCall, "request" | "response">[]): LoggedCalls {
  const log = new BranchLog();
  const calls = recorded.map((call) => {
    const generation = call.generation_token_ids;
    const lists = { prompt: call.prompt_token_ids, generation, logProbs: call.generation_log_probs };
    const whole = { version: call.weight_version, start: 0, end: generation?.length ?? 0 };
    return {
      ...loggedCall(log, { id: call.id, ...lists }),
      parent: call.parent,
      broken: call.break,
      arrived: call.status < 400,
      trainable: call.trainable,
      weightVersions: call.weight_versions.length > 0 ? call.weight_versions : [whole],
      finishReason: call.finish_reason,
    };
  });
  return { calls, log };
}
