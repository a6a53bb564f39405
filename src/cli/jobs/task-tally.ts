import type { Rollout } from "../../contract/rollouts.ts";
import type { Outcome } from "../../core/outcome.ts";
import { median } from "../terminal/format.ts";

/** What came of one task's rollouts. */
export interface TaskSummary {
  readonly task: string;
  /** Position in the job. */
  readonly index: number;
  /** Rollouts that ended. */
  readonly attempts: number;
  /** Those with a reward that counts: pass rate and mean rest on them. */
  readonly rewarded: number;
  /** Those with the environment's highest reward. */
  readonly passed: number;
  readonly mean_reward: number | null;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Why rollouts failed: statuses of first failed tests, codes of errors. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly median_ms: number | null;
}

interface Counts {
  readonly task: string;
  readonly index: number;
  attempts: number;
  rewarded: number;
  passed: number;
  sum: number;
  readonly outcomes: Partial<Record<Outcome, number>>;
  readonly reasons: Record<string, number>;
  readonly times: number[];
}

/** Counts finished rollouts by task and over all. */
export class TaskTally {
  readonly #highest: number;
  readonly #tasks = new Map<number, Counts>();
  #rewarded = 0;
  #sum = 0;

  /** `highest` is the best reward of the environment: what counts as a pass. */
  constructor(highest: number) {
    this.#highest = highest;
  }

  add(rollout: Rollout): void {
    const { task_index: index, task_id: task, outcome, reward, masked, reason, times } = rollout;
    const fresh: Counts = {
      task,
      index,
      attempts: 0,
      rewarded: 0,
      passed: 0,
      sum: 0,
      outcomes: {},
      reasons: {},
      times: [],
    };
    const counts = this.#tasks.get(index) ?? fresh;
    this.#tasks.set(index, counts);
    counts.attempts++;
    if (outcome !== null) counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + 1;
    // An attempt that was called off says nothing about its task.
    if (outcome === "cancelled") return;
    if (reason !== null) counts.reasons[reason] = (counts.reasons[reason] ?? 0) + 1;
    if (times) counts.times.push(times.total_ms);
    if (reward === null || masked) return;
    counts.rewarded++;
    counts.sum += reward;
    if (reward >= this.#highest) counts.passed++;
    this.#rewarded++;
    this.#sum += reward;
  }

  /** Over all rewards that count; null while there is none. */
  get meanReward(): number | null {
    return this.#rewarded === 0 ? null : this.#sum / this.#rewarded;
  }

  /** In the order of the job. */
  summaries(): TaskSummary[] {
    const tasks = Array.from(this.#tasks.values()).sort((a, b) => a.index - b.index);
    return tasks.map(({ times, sum, ...counts }) => ({
      ...counts,
      mean_reward: counts.rewarded === 0 ? null : sum / counts.rewarded,
      median_ms: median(times),
    }));
  }
}
