import type { Interval } from "../../contract/metrics.ts";
import { wilson } from "./intervals.ts";
import type { Measured } from "./measured.ts";
import { Moments } from "./moments.ts";
import { NORMAL_95, studentT95 } from "./student-t.ts";

/** One field over all measured rollouts of a job, without keeping them. */
export class FieldMetrics {
  readonly moments = new Moments();
  /** Tasks in which some rollout has the field. */
  tasks = 0;
  /** Whether every value is 0 or 1, and their mean a share. */
  #isShare: boolean;
  /** Sums over tasks of values less the first one, which keeps large values with a small spread exact. */
  #shift = 0;
  readonly #sums = { sizes: 0, totals: 0, products: 0 };

  /** `isCount`: that its mean is no share, whatever the values. */
  constructor({ isCount }: { readonly isCount: boolean }) {
    this.#isShare = !isCount;
  }

  /** The values of one task. */
  addTask(values: readonly number[]): void {
    const [first] = values;
    if (first === undefined) return;
    if (this.tasks === 0) this.#shift = first;
    this.tasks++;
    let total = 0;
    for (const value of values) {
      this.moments.add(value);
      total += value - this.#shift;
      if (value !== 0 && value !== 1) this.#isShare = false;
    }
    const { length } = values;
    this.#sums.sizes += length * length;
    this.#sums.totals += total * total;
    this.#sums.products += total * length;
  }

  /**
   * 95 % interval of the mean over tasks of the same kind; within the one task where there is no other. Null for numbers that
   * are no shares and are all the same: what they could have been cannot be told from them.
   */
  interval(): Interval | null {
    const { count, mean } = this.moments;
    if (this.tasks < 2) return this.#withinTask();
    const variance = this.#varianceOfMean();
    const freedom = studentT95(this.tasks - 1);
    if (!this.#isShare) {
      if (variance === 0) return null;
      const half = freedom * Math.sqrt(variance);
      return { low: mean - half, high: mean + half, estimator: "cluster_t" };
    }
    if (this.tasks === count) return wilson(mean, count);
    // Trials that are worth as much as these (Korn and Graubard 1998). Where all agree, each task counts as one.
    const spread = mean * (1 - mean);
    const worth = spread === 0 ? this.tasks : variance === 0 ? count : Math.min(count, spread / variance);
    return wilson(mean, spread === 0 ? worth : worth * (NORMAL_95 / freedom) ** 2, "wilson_clustered");
  }

  #withinTask(): Interval | null {
    const { count, mean, std } = this.moments;
    if (this.#isShare) return wilson(mean, count);
    if (std === null || std === 0) return null;
    const half = (studentT95(count - 1) * std) / Math.sqrt(count);
    return { low: mean - half, high: mean + half, estimator: "t" };
  }

  /** Of a mean over clusters: the residual sums of tasks, squared, with the correction for few of them. */
  #varianceOfMean(): number {
    const { count } = this.moments;
    const mean = this.moments.mean - this.#shift;
    const { sizes, totals, products } = this.#sums;
    const residuals = Math.max(0, totals - 2 * mean * products + mean * mean * sizes);
    return ((this.tasks / (this.tasks - 1)) * residuals) / (count * count);
  }
}

/** Values of each field among some rollouts, by name; rollouts that lack one are passed over. */
export function valuesByField(rollouts: readonly Measured[], isKept: (name: string) => boolean): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const { fields } of rollouts) {
    for (const [name, value] of fields) {
      if (!isKept(name)) continue;
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    }
  }
  return values;
}
