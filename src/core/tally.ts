import { type Outcome, OUTCOME_CLASS, OUTCOMES } from "./outcome.ts";

/** How many rollouts of a job are where. `requested = queued + running + scored + truncated + masked`, always. */
export interface Tally {
  readonly requested: number;
  readonly queued: number;
  readonly running: number;
  readonly scored: number;
  readonly truncated: number;
  readonly masked: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

/** Rollouts that ended, by outcome; what never happened may be left out. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** Counts by state and outcome; `outcomes` may leave out what never happened. */
export function tallyOf(counts: { queued: number; running: number; outcomes: OutcomeCounts }): Tally {
  const outcomes = Object.fromEntries(OUTCOMES.map((o) => [o, counts.outcomes[o] ?? 0])) as Record<Outcome, number>;
  const sum = { scored: 0, truncated: 0, masked: 0 };
  for (const outcome of OUTCOMES) sum[OUTCOME_CLASS[outcome]] += outcomes[outcome];
  const ended = sum.scored + sum.truncated + sum.masked;
  return {
    requested: counts.queued + counts.running + ended,
    queued: counts.queued,
    running: counts.running,
    ...sum,
    outcomes,
  };
}
