import type { Interval } from "../../contract/metrics.ts";
import { wilson } from "./intervals.ts";
import { studentT95 } from "./student-t.ts";

/** What tasks come to for one k. */
export interface TaskMean {
  readonly mean: number;
  readonly tasks: number;
  readonly interval: Interval | null;
}

interface Sums {
  tasks: number;
  sum: number;
  squares: number;
  /** Values that are neither 0 nor 1. */
  between: number;
  /** Values that are no shares: rewards have other ranges, too. */
  outside: number;
}

const noSums = (): Sums => ({ tasks: 0, sum: 0, squares: 0, between: 0, outside: 0 });

/**
 * Means over tasks of values that are known for k = 1, 2, …: tasks are independent of each other, the rollouts of one task are
 * not. Keeps sums alone, one set for each k.
 */
export class MeansByK {
  readonly #carries: boolean;
  readonly #here: Sums[] = [];
  /** Of tasks whose last k this is; they count with their last value for every larger one. */
  readonly #last: Sums[] = [];

  /** `carries`: whether a task with fewer values counts for larger k, with the value for all that it has. */
  constructor(carries: boolean) {
    this.#carries = carries;
  }

  /** Largest k that was seen. */
  get length(): number {
    return this.#here.length;
  }

  /** The values of one task for k = 1, 2, …. */
  add(values: readonly number[]): void {
    for (const [i, value] of values.entries()) count((this.#here[i] ??= noSums()), value);
    const last = values.at(-1);
    if (last !== undefined && this.#carries) count((this.#last[values.length - 1] ??= noSums()), last);
  }

  /** By k, from 1 on. */
  *means(): Generator<TaskMean> {
    const carried = noSums();
    for (const [i, here] of this.#here.entries()) {
      yield taskMean(added(here, carried));
      const ended = this.#last[i];
      if (ended) Object.assign(carried, added(carried, ended));
    }
  }
}

function count(sums: Sums, value: number): void {
  sums.tasks++;
  sums.sum += value;
  sums.squares += value * value;
  if (value !== 0 && value !== 1) sums.between++;
  if (value < 0 || value > 1) sums.outside++;
}

function added(a: Sums, b: Sums): Sums {
  return {
    tasks: a.tasks + b.tasks,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
    between: a.between + b.between,
    outside: a.outside + b.outside,
  };
}

function taskMean({ tasks, sum, squares, between, outside }: Sums): TaskMean {
  const mean = sum / tasks;
  if (between === 0) return { mean, tasks, interval: wilson(mean, tasks) };
  if (tasks < 2) return { mean, tasks, interval: null };
  const half = studentT95(tasks - 1) * Math.sqrt(Math.max(0, squares - sum * mean) / (tasks - 1) / tasks);
  const [lowest, highest] = outside > 0 ? [-Infinity, Infinity] : [0, 1];
  const interval = {
    low: Math.max(lowest, mean - half),
    high: Math.min(highest, mean + half),
    estimator: "t",
  } as const;
  return { mean, tasks, interval };
}
