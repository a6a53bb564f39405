import type { Interval } from "../../contract/metrics.ts";
import { MeansByK } from "./means-by-k.ts";
import { Moments } from "./moments.ts";

/** A score of each rollout of one task, in the order of the group, with the answer that it goes with. */
export interface ScoredAnswer {
  readonly score: number;
  readonly answer: string | null;
}

/** Where metrics and their intervals are put. */
export interface MetricSink {
  put(name: string, value: number): void;
  interval(name: string, found: Interval | null, tasks: number): void;
}

const PERCENT = 100;

/**
 * NeMo Gym's pass@k family for one score over the tasks of a job, in percent: pass@k, pass@1[avg-of-k] and majority@k with k
 * up to the largest group.
 */
export class PassAtK {
  readonly name: string;
  readonly #pass = new MeansByK(false);
  readonly #average = new MeansByK(true);
  readonly #majority = new MeansByK(true);
  /** By place in the group. */
  readonly #places: Moments[] = [];
  /** By k: the spread within tasks. */
  readonly #within: Moments[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** `hasAnswers`: whether the answers of this task are known. */
  add(rollouts: readonly ScoredAnswer[], hasAnswers: boolean): void {
    const scores = rollouts.map(({ score }) => score);
    this.#pass.add(passShares(scores));
    const within = new Moments();
    const averages: number[] = [];
    for (const [i, score] of scores.entries()) {
      (this.#places[i] ??= new Moments()).add(score);
      within.add(score);
      averages.push(within.mean);
      if (within.std !== null) (this.#within[i] ??= new Moments()).add(within.std);
    }
    this.#average.add(averages);
    if (hasAnswers) this.#majority.add(majorityShares(rollouts));
  }

  /** By place in the group: the mean over tasks, in percent. */
  get perSample(): number[] {
    return this.#places.map(({ mean }) => PERCENT * mean);
  }

  /** The largest k that some task has values for. */
  get largest(): number {
    return this.#average.length;
  }

  /** `majorities`: whether the job's rollouts have answers, without which there is no majority. */
  report(sink: MetricSink, majorities: boolean): void {
    const { name } = this;
    this.#means(sink, this.#pass, (k) => `pass@${k}/${name}`);
    this.#means(sink, this.#average, (k) => `pass@1[avg-of-${k}]/${name}`);
    if (majorities) this.#means(sink, this.#majority, (k) => `majority@${k}/${name}`);
    const perSample = this.perSample;
    const runs = new Moments();
    for (const [i, value] of perSample.entries()) {
      runs.add(value);
      const k = i + 1;
      const metric = `pass@1[avg-of-${k}]/${name}`;
      if (runs.std === null) continue;
      sink.put(`${metric}/std_dev_across_runs`, runs.std);
      sink.put(`${metric}/std_err_across_runs`, runs.std / Math.sqrt(k));
      const within = this.#within[i];
      if (within) sink.put(`${metric}/avg_sample_std_dev`, within.mean);
    }
  }

  #means(sink: MetricSink, means: MeansByK, nameOf: (k: number) => string): void {
    let k = 0;
    for (const { mean, tasks, interval } of means.means()) {
      const metric = nameOf(++k);
      sink.put(metric, PERCENT * mean);
      const found = interval && { ...interval, low: PERCENT * interval.low, high: PERCENT * interval.high };
      sink.interval(metric, found, tasks);
    }
  }
}

/**
 * For k = 1, 2, …: the chance that at least one of k rollouts drawn from these has a score of 1 (the unbiased estimator of Chen et
 * al. 2021); where scores are not all 0 or 1, the best of the first k, as NeMo Gym has it.
 */
export function passShares(scores: readonly number[]): number[] {
  const n = scores.length;
  if (scores.some((score) => score !== 0 && score !== 1)) {
    let best = -Infinity;
    return scores.map((score) => (best = Math.max(best, score)));
  }
  const wrong = scores.filter((score) => score === 0).length;
  // C(wrong, k) / C(n, k), from one k to the next.
  let missed = 1;
  return scores.map((_, i) => {
    missed *= Math.max(0, wrong - i) / (n - i);
    return 1 - missed;
  });
}

/**
 * For k = 1, 2, …: the score that the most frequent pair of answer and score among the first k has; the mean of them where
 * several are as frequent, 0 where nobody answered.
 */
export function majorityShares(rollouts: readonly ScoredAnswer[]): number[] {
  const counts = new Map<string, number>();
  let most = 0;
  let sum = 0;
  let pairs = 0;
  return rollouts.map(({ answer, score }) => {
    if (answer !== null) {
      const pair = `${score} ${answer}`;
      const count = (counts.get(pair) ?? 0) + 1;
      counts.set(pair, count);
      if (count > most) [most, sum, pairs] = [count, score, 1];
      else if (count === most) [sum, pairs] = [sum + score, pairs + 1];
    }
    return pairs === 0 ? 0 : sum / pairs;
  });
}
