import type { TaskProfile } from "../../contract/profiles.ts";
import type { MeasuredRow } from "../../store/port.ts";
import { NameCounts, noOutcomes, noTruncations } from "./counts.ts";
import { wilson } from "./intervals.ts";
import { measuredOf } from "./measured.ts";
import { momentsOf } from "./moments.ts";
import { NumberList, quantile } from "./number-list.ts";

/** Reasons that a task's profile names. */
const MAX_REASONS = 8;

/** Whether a rollout was ended by a fault: not by a limit of its policy, and not because it was called off. */
export function isFault({ judgement }: MeasuredRow): boolean {
  return judgement !== null && !["scored", "truncated", "cancelled"].includes(judgement.outcome);
}

/** What the rollouts of one task come to. `passReward` is the least reward that is a pass. */
export function taskProfile(
  rows: readonly MeasuredRow[],
  passReward: number,
): Omit<TaskProfile, "task_index" | "task_id"> {
  const done = rows.filter(({ judgement }) => judgement !== null);
  const measured = done.flatMap((row) => measuredOf(row) ?? []);
  const rewards = momentsOf(measured.map(({ reward }) => reward));
  const passed = measured.filter(({ reward }) => reward >= passReward).length;
  const n = measured.length;
  const outcomes = noOutcomes();
  const truncations = noTruncations();
  const reasons = new NameCounts();
  for (const { judgement, reason } of done) {
    if (!judgement) continue;
    outcomes[judgement.outcome]++;
    if (judgement.truncated_by) truncations[judgement.truncated_by]++;
    if (reason !== null) reasons.add(reason);
  }
  const metric = (name: string) => spread(done.map(({ metrics }) => metrics[name]));
  const answers = measured.map(({ answer }) => answer).filter((answer) => answer !== undefined);
  return {
    requested: rows.length,
    open: rows.length - done.length,
    measured: n,
    passed,
    pass_rate: n === 0 ? null : passed / n,
    pass_interval: n === 0 ? null : wilson(passed / n, n),
    mean_reward: n === 0 ? null : rewards.mean,
    std_reward: rewards.std,
    zero_variance: n < 2 ? null : rewards.min === rewards.max,
    output_tokens: metric("output_tokens"),
    turns: metric("turns"),
    tool_calls: metric("tool_calls"),
    total_ms: spread(done.map(({ times }) => times?.total_ms)),
    verify_ms: spread(done.map(({ times }) => times?.verify_ms || undefined)),
    truncated: outcomes.truncated,
    truncated_by: truncations,
    masked: done.length - n,
    errors: done.filter(isFault).length,
    outcomes,
    reasons: reasons.most(MAX_REASONS),
    distinct_answers: answers.length === 0 ? null : new Set(answers.filter((answer) => answer !== null)).size,
  };
}

function spread(values: readonly (number | undefined)[]): TaskProfile["total_ms"] {
  const list = new NumberList();
  for (const value of values) if (value !== undefined) list.push(value);
  const sorted = list.sorted();
  const [p50, p95, max] = [quantile(sorted, 0.5), quantile(sorted, 0.95), sorted.at(-1)];
  if (p50 === null || p95 === null || max === undefined) return null;
  return { mean: momentsOf(sorted).mean, p50, p95, max };
}
