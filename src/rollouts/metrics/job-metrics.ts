import { setImmediate as othersTurn } from "node:timers/promises";
import { FieldMetrics, valuesByField } from "./field-metrics.ts";
import { type Statistic, STATISTICS } from "./group-metrics.ts";
import type { Interval, JobMetricsView } from "../../contract/metrics.ts";
import type { Measured } from "./measured.ts";
import { quantile, sortedTogether } from "./number-list.ts";
import { PassAtK } from "./pass-at-k.ts";
import { Repeats } from "./repeats.ts";

/** Fields that are measured; a verifier that names a metric after each rollout must not fill the memory. */
const MAX_FIELDS = 64;

/** What a run has used: numbers that may happen to be 0 or 1, and are no shares. */
const COUNTS: ReadonlySet<string> = new Set(["input_tokens", "output_tokens", "total_tokens", "turns", "tool_calls"]);

/** One task as metrics see it. */
export interface MeasuredTask {
  /** In the order of the group. */
  readonly measured: readonly Measured[];
  /** Rollouts that are done and do not count. */
  readonly masked: number;
}

type MetricInterval = JobMetricsView["intervals"][string];

/** What a job's rollouts come to. Names and values are NeMo Gym's; docs/metrics.md says where they differ. */
export type MetricsReport = Pick<
  JobMetricsView,
  "agent_metrics" | "key_metrics" | "repeat_level_metrics" | "intervals" | "fields_left_out" | "has_medians"
>;

/** Metrics of a job over tasks that come one by one; keeps numbers, never rollouts. */
export class JobMetrics {
  readonly #fields = new Map<string, FieldMetrics>();
  readonly #leftOut = new Set<string>();
  readonly #repeats = new Repeats();
  readonly #accuracy = new PassAtK("accuracy");
  readonly #noAnswer = new PassAtK("no_answer");
  #hasAnswers = false;
  #rollouts = 0;
  #masked = 0;
  #tasks = 0;
  #fullyMasked = 0;

  add({ measured, masked }: MeasuredTask): void {
    this.#masked += masked;
    if (measured.length === 0) {
      if (masked > 0) this.#fullyMasked++;
      return;
    }
    this.#tasks++;
    this.#rollouts += measured.length;
    for (const [name, values] of valuesByField(measured, this.#isKept)) {
      this.#fields.get(name)?.addTask(values);
    }
    for (const rollout of measured) this.#repeats.add(rollout, this.#isKept);
    this.#addScores(measured);
  }

  /** A rollout whose answer nobody kept has none here: only then does a job of old seem to have answers for some. */
  #addScores(measured: readonly Measured[]): void {
    const keepsAnswers = measured.some(({ answer }) => answer !== undefined);
    this.#hasAnswers ||= measured.some(({ answer }) => typeof answer === "string");
    const pairs = measured.map(({ reward, answer = null }) => ({ score: reward, answer }));
    this.#accuracy.add(pairs, keepsAnswers);
    if (!keepsAnswers) return;
    this.#noAnswer.add(
      pairs.map(({ answer }) => ({ score: answer === null ? 1 : 0, answer })),
      true,
    );
  }

  /** Begins a field when it is seen first. */
  readonly #isKept = (name: string): boolean => {
    if (this.#fields.has(name)) return true;
    if (this.#fields.size < MAX_FIELDS) {
      this.#fields.set(name, new FieldMetrics({ isCount: COUNTS.has(name) }));
      return true;
    }
    if (this.#leftOut.size < MAX_FIELDS) this.#leftOut.add(name);
    return false;
  };

  /** Takes pauses: sorting the values of a large job would hold everybody else up. */
  async report(): Promise<MetricsReport> {
    const metrics: Record<string, number> = {};
    const intervals: Record<string, MetricInterval> = {};
    const sink = {
      put: (name: string, value: number) => {
        metrics[name] = value;
      },
      interval: (name: string, found: Interval | null, tasks: number) => {
        if (found) intervals[name] = { ...found, tasks, rollouts: this.#rollouts };
      },
    };
    for (const statistic of STATISTICS) await this.#statistics(statistic, sink.put);
    for (const [name, field] of this.#fields) {
      const found = field.interval();
      if (found) intervals[`mean/${name}`] = { ...found, tasks: field.tasks, rollouts: field.moments.count };
    }
    Object.assign(metrics, this.#repeats.across());
    const series = this.#hasAnswers ? [this.#accuracy, this.#noAnswer] : [this.#accuracy];
    const perSample: Record<string, number[]> = {};
    if (this.#tasks > 0) {
      for (const scores of series) {
        scores.report(sink, this.#hasAnswers);
        perSample[scores.name] = scores.perSample;
      }
    }
    const coverage = {
      "coverage/measured_rollouts": this.#rollouts,
      "coverage/masked_rollouts": this.#masked,
      "coverage/measured_tasks": this.#tasks,
      "coverage/fully_masked_tasks": this.#fullyMasked,
    };
    return {
      agent_metrics: { ...metrics, per_sample_aggregate: perSample, ...coverage, num_repeats: this.#repeats.count },
      key_metrics: { ...this.#headline(metrics), ...coverage },
      repeat_level_metrics: await this.#repeats.levels(this.#tasks),
      intervals,
      fields_left_out: [...this.#leftOut],
      has_medians: this.#repeats.isWhole,
    };
  }

  async #statistics(statistic: Statistic, put: (name: string, value: number) => void): Promise<void> {
    for (const [name, { moments }] of this.#fields) {
      if (statistic === "median") await othersTurn();
      const value =
        statistic === "median"
          ? this.#median(name)
          : statistic === "std"
            ? this.#rollouts === 1
              ? 0
              : moments.std
            : moments[statistic];
      if (value !== null) put(`${statistic}/${name}`, value);
    }
  }

  #median(name: string): number | null {
    return this.#repeats.isWhole ? quantile(sortedTogether(this.#repeats.valuesOf(name)), 0.5) : null;
  }

  /** Every mean, and of the pass@k family what rests on the most rollouts of a task. */
  #headline(metrics: Readonly<Record<string, number>>): Record<string, number> {
    const k = this.#accuracy.largest;
    const names = new Set([`pass@1[avg-of-${k}]/accuracy`, `pass@${k}/accuracy`, `majority@${k}/accuracy`]);
    const isHeadline = (name: string) => name.startsWith("mean/") || names.has(name);
    return Object.fromEntries(Object.entries(metrics).filter(([name]) => isHeadline(name)));
  }
}
