import { setImmediate as othersTurn } from "node:timers/promises";
import type { Measured } from "./measured.ts";
import { Moments } from "./moments.ts";
import { NumberList, quantile } from "./number-list.ts";
import { studentT95 } from "./student-t.ts";

/** Values of all fields of a job are kept up to so many: 64 MB. */
const MAX_VALUES = 1 << 23;

interface PlaceField {
  readonly moments: Moments;
  readonly values: NumberList;
}

interface Place {
  readonly index: number;
  rollouts: number;
  readonly fields: Map<string, PlaceField>;
}

/** The rollouts of a job by their place in the group: the first of each task, the second, and so on. */
export class Repeats {
  readonly #places = new Map<number, Place>();
  #kept = 0;

  /** Whether all values are there, and medians with them. */
  get isWhole(): boolean {
    return this.#kept <= MAX_VALUES;
  }

  get count(): number {
    return this.#places.size;
  }

  add({ rolloutIndex, fields }: Measured, isKept: (name: string) => boolean): void {
    const known = this.#places.get(rolloutIndex);
    const place: Place = known ?? { index: rolloutIndex, rollouts: 0, fields: new Map() };
    if (!known) this.#places.set(rolloutIndex, place);
    place.rollouts++;
    for (const [name, value] of fields) {
      if (!isKept(name)) continue;
      const field = place.fields.get(name) ?? { moments: new Moments(), values: new NumberList() };
      place.fields.set(name, field);
      field.moments.add(value);
      this.#kept++;
      if (this.isWhole) field.values.push(value);
    }
  }

  /** The values of one field at every place. */
  *valuesOf(name: string): Generator<NumberList> {
    for (const { fields } of this.#places.values()) {
      const field = fields.get(name);
      if (field) yield field.values;
    }
  }

  /** NeMo Gym's statistics of each place over `tasks` tasks, in order; empty for jobs without repeats. */
  async levels(tasks: number): Promise<Record<string, number>[]> {
    const levels: Record<string, number>[] = [];
    if (this.count < 2) return levels;
    for (const place of this.#inOrder()) {
      levels.push(this.#level(place, tasks));
      await othersTurn();
    }
    return levels;
  }

  #level({ index, rollouts, fields }: Place, tasks: number): Record<string, number> {
    const level: Record<string, number> = {
      _ng_rollout_index: index,
      sample_count: rollouts,
      missing_count: tasks - rollouts,
    };
    for (const [name, { moments, values }] of fields) {
      Object.assign(
        level,
        spreadOver(moments, (statistic) => `${statistic}/${name}`, "sem"),
      );
      if (!this.isWhole) continue;
      const sorted = values.sorted();
      for (const [statistic, share] of QUANTILES) level[`${statistic}/${name}`] = quantile(sorted, share) ?? 0;
    }
    return level;
  }

  /** NeMo Gym's statistics over the means of the places; empty for jobs without repeats. */
  across(): Record<string, number> {
    if (this.count < 2) return {};
    const metrics: Record<string, number> = {};
    const names = new Set(this.#inOrder().flatMap(({ fields }) => [...fields.keys()]));
    for (const name of names) {
      const moments = new Moments();
      const means = new NumberList();
      for (const { fields } of this.#inOrder()) {
        const mean = fields.get(name)?.moments.mean;
        if (mean === undefined) continue;
        moments.add(mean);
        means.push(mean);
      }
      Object.assign(
        metrics,
        spreadOver(moments, (statistic) => `${statistic}_across_repeats/mean/${name}`, "se"),
      );
      metrics[`median_across_repeats/mean/${name}`] = quantile(means.sorted(), 0.5) ?? 0;
    }
    return metrics;
  }

  #inOrder(): Place[] {
    return Array.from(this.#places.values()).sort((a, b) => a.index - b.index);
  }
}

const QUANTILES = [
  ["median", 0.5],
  ["p25", 0.25],
  ["p75", 0.75],
] as const;

/** NeMo Gym's names; its intervals are Student's over the values, as if they were independent. */
function spreadOver(
  { count, mean, min, max, std }: Moments,
  nameOf: (statistic: string) => string,
  error: "se" | "sem",
): Record<string, number> {
  const half = std === null ? null : std / Math.sqrt(count);
  return {
    [nameOf("mean")]: mean,
    [nameOf("std")]: std ?? 0,
    [nameOf("min")]: min,
    [nameOf("max")]: max,
    [nameOf(error)]: half ?? 0,
    ...(half !== null && {
      [nameOf("ci_low_95")]: mean - studentT95(count - 1) * half,
      [nameOf("ci_high_95")]: mean + studentT95(count - 1) * half,
    }),
  };
}
