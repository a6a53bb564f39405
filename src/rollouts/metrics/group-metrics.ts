import { valuesByField } from "./field-metrics.ts";
import type { Measured } from "./measured.ts";
import { momentsOf } from "./moments.ts";
import { NumberList, quantile } from "./number-list.ts";

/** The names of NeMo Gym's five statistics, in its order. */
export const STATISTICS = ["mean", "max", "min", "median", "std"] as const;
export type Statistic = (typeof STATISTICS)[number];

/**
 * NeMo Gym's entry of one task: five statistics of each field over the rollouts that have it. The standard deviation of a
 * single rollout is 0; among several, a field that only one has has none.
 */
export function groupMetrics(rollouts: readonly Measured[]): Record<string, number> {
  const entries = Array.from(
    valuesByField(rollouts, () => true),
    ([name, values]) => {
      const { mean, max, min, std } = momentsOf(values);
      const list = new NumberList();
      for (const value of values) list.push(value);
      return { name, mean, max, min, median: quantile(list.sorted(), 0.5), std: rollouts.length === 1 ? 0 : std };
    },
  );
  const metrics: Record<string, number> = {};
  for (const statistic of STATISTICS) {
    for (const entry of entries) {
      const value = entry[statistic];
      if (value !== null) metrics[`${statistic}/${entry.name}`] = value;
    }
  }
  return metrics;
}
