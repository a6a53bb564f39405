import { joinMembers, rawMembers } from "../../core/json/raw.ts";
import { oneLine } from "../../core/json/one-line.ts";
import type { Measured } from "../metrics/measured.ts";

export interface GymProfileInput {
  readonly taskIndex: number;
  /** Rollouts of the task that the job asks for. */
  readonly requested: number;
  readonly measured: readonly Measured[];
  readonly metrics: Readonly<Record<string, number>>;
  /** The task's row, exactly. */
  readonly row: string;
  /** Name of the agent for rows that name none. */
  readonly agent: string;
}

/** A task's entry in NeMo Gym's `_reward_profiling.jsonl`. The row is there as far as it is no secret: what the model was asked. */
export function gymProfileLine({ taskIndex, requested, measured, metrics, row, agent }: GymProfileInput): string {
  const members = new Map([["_ng_task_index", String(taskIndex)]]);
  const put = (name: string, value: unknown) => members.set(name, JSON.stringify(value));
  for (const [name, value] of Object.entries(metrics)) put(name, value);
  const asked = rawMembers(row);
  const sample = new Map([["agent_ref", asked.get("agent_ref") ?? JSON.stringify({ name: agent })]]);
  const params = asked.get("responses_create_params");
  if (params !== undefined) sample.set("responses_create_params", params);
  members.set("sample", joinMembers(sample));
  put("num_rollouts", measured.length);
  put("expected_num_rollouts", requested);
  put("missing_num_rollouts", requested - measured.length);
  put("reward_profile_completion_pct", requested === 0 ? 0 : (100 * measured.length) / requested);
  put(
    "rollout_infos",
    measured.map(({ rolloutIndex, fields }) => ({
      rollout_id: `${taskIndex}:${rolloutIndex}`,
      _ng_task_index: taskIndex,
      _ng_rollout_index: rolloutIndex,
      ...Object.fromEntries(fields),
    })),
  );
  return oneLine(joinMembers(members));
}
