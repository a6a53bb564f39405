import { quantile } from "../support/measure.ts";

/** What one policy did with one workload. Times in seconds. */
export interface Result {
  readonly makespan: number;
  /** Share of prompt tokens that the engines had cached. */
  readonly hits: number;
  readonly ttftP50: number;
  readonly ttftP99: number;
  readonly turnP50: number;
  readonly turnP99: number;
  readonly rolloutP50: number;
  readonly rolloutP99: number;
  /** Coefficient of variation over replicas of calls in flight and of KV in use, mean over time. */
  readonly inFlightCov: number;
  readonly kvCov: number;
  /** The busiest replica's calls in flight beside the mean, mean over time. */
  readonly maxOverMean: number;
  /** Turns answered, and those of them that were not where the turn before was. */
  readonly turns: number;
  readonly moves: number;
  /** Generated tokens that were lost and generated again, beside all that were of use. */
  readonly redone: number;
  readonly preemptions: number;
  /** Sendings beyond one per turn. */
  readonly resent: number;
  readonly refused: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Answers without a weight version for their begin and end. */
  readonly unversioned: number;
  /** The most rollouts at once. */
  readonly mostAtOnce: number;
}

/** Gathers one run. */
export class Meter {
  readonly ttft: number[] = [];
  readonly turns: number[] = [];
  readonly rollouts: number[] = [];
  promptTokens = 0;
  cachedTokens = 0;
  usefulTokens = 0;
  redoneTokens = 0;
  moves = 0;
  resent = 0;
  refused = 0;
  duplicated = 0;
  unversioned = 0;
  mostAtOnce = 0;
  readonly #covs: { inFlight: number; kv: number; maxOverMean: number }[] = [];

  sample(inFlight: readonly number[], kv: readonly number[]): void {
    const mean = meanOf(inFlight);
    if (mean === 0) return;
    this.#covs.push({ inFlight: covOf(inFlight), kv: covOf(kv), maxOverMean: Math.max(...inFlight) / mean });
  }

  result({ makespan, lost, preemptions }: { makespan: number; lost: number; preemptions: number }): Result {
    return {
      makespan,
      hits: this.cachedTokens / this.promptTokens,
      ttftP50: quantile(this.ttft, 0.5),
      ttftP99: quantile(this.ttft, 0.99),
      turnP50: quantile(this.turns, 0.5),
      turnP99: quantile(this.turns, 0.99),
      rolloutP50: quantile(this.rollouts, 0.5),
      rolloutP99: quantile(this.rollouts, 0.99),
      inFlightCov: meanOf(this.#covs.map(({ inFlight }) => inFlight)),
      kvCov: meanOf(this.#covs.map(({ kv }) => kv)),
      maxOverMean: meanOf(this.#covs.map(({ maxOverMean }) => maxOverMean)),
      turns: this.turns.length,
      moves: this.moves,
      redone: this.redoneTokens / this.usefulTokens,
      preemptions,
      resent: this.resent,
      refused: this.refused,
      lost,
      duplicated: this.duplicated,
      unversioned: this.unversioned,
      mostAtOnce: this.mostAtOnce,
    };
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function covOf(values: readonly number[]): number {
  const mean = meanOf(values);
  if (mean === 0) return 0;
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) / mean;
}
