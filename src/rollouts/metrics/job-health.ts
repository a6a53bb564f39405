import type { Coverage, JobHealth } from "../../contract/metrics.ts";
import type { MeasuredRow } from "../../store/port.ts";
import { NameCounts, noOutcomes, noTruncations } from "./counts.ts";
import type { Measured } from "./measured.ts";

/** Classes of lengths in generated tokens, then the class of those that nobody knows. */
const BOUNDS = [0, 256, 1_024, 4_096, 16_384, 65_536] as const;
const LENGTHS: readonly { readonly from: number | null; readonly below: number | null }[] = [
  ...BOUNDS.map((from, i) => ({ from, below: BOUNDS[i + 1] ?? null })),
  { from: null, below: null },
];
const MAX_REASONS = 16;
const MAX_TASKS = 10;

interface TaskMasks {
  readonly taskIndex: number;
  readonly rollouts: number;
  readonly masked: number;
}

/** Coverage, masks, truncation and groups without variance of a job whose tasks come one by one. */
export class HealthCounts {
  readonly #passReward: number;
  readonly #outcomes = noOutcomes();
  readonly #maskedOutcomes = noOutcomes();
  readonly #truncations = noTruncations();
  readonly #reasons = new NameCounts();
  /** By class of length. */
  readonly #lengths = LENGTHS.map((length) => ({ ...length, rollouts: 0, masked: 0 }));
  readonly #counts = { requested: 0, measured: 0, masked: 0, tasks: 0, measuredTasks: 0, fullyMasked: 0, unkept: 0 };
  readonly #groups = { measured: 0, zeroVariance: 0, nonePass: 0, allPass: 0 };
  #worst: TaskMasks[] = [];

  constructor(passReward: number) {
    this.#passReward = passReward;
  }

  add(rows: readonly MeasuredRow[], measured: readonly Measured[]): void {
    const counts = this.#counts;
    const done = rows.filter(({ judgement }) => judgement !== null);
    const masked = done.length - measured.length;
    counts.requested += rows.length;
    counts.measured += measured.length;
    counts.masked += masked;
    counts.tasks++;
    if (measured.length > 0) counts.measuredTasks++;
    else if (masked > 0 && masked === rows.length) counts.fullyMasked++;
    counts.unkept += measured.filter(({ answer }) => answer === undefined).length;
    for (const row of done) this.#addDone(row);
    this.#addGroup(measured);
    const [first] = rows;
    if (first && masked > 0) this.#addWorst({ taskIndex: first.taskIndex, rollouts: done.length, masked });
  }

  #addDone({ judgement, reason, metrics }: MeasuredRow): void {
    if (!judgement) return;
    const isMasked = judgement.masked || judgement.reward === null;
    this.#outcomes[judgement.outcome]++;
    if (judgement.truncated_by) this.#truncations[judgement.truncated_by]++;
    const length = this.#lengths[lengthClass(metrics["output_tokens"])];
    if (length) length.rollouts++;
    if (!isMasked) return;
    this.#maskedOutcomes[judgement.outcome]++;
    this.#reasons.add(reason ?? judgement.truncated_by ?? judgement.outcome);
    if (length) length.masked++;
  }

  #addGroup(measured: readonly Measured[]): void {
    const [first] = measured;
    if (!first || measured.length < 2) return;
    const groups = this.#groups;
    groups.measured++;
    if (measured.every(({ reward }) => reward === first.reward)) groups.zeroVariance++;
    const passed = measured.filter(({ reward }) => reward >= this.#passReward).length;
    if (passed === 0) groups.nonePass++;
    if (passed === measured.length) groups.allPass++;
  }

  #addWorst(task: TaskMasks): void {
    this.#worst.push(task);
    if (this.#worst.length < 2 * MAX_TASKS) return;
    this.#worst = worstOf(this.#worst);
  }

  /** Tasks with the most masked rollouts. */
  get worst(): readonly TaskMasks[] {
    return worstOf(this.#worst);
  }

  coverage(): Coverage {
    const { requested, measured, masked, tasks, measuredTasks, fullyMasked, unkept } = this.#counts;
    return {
      requested,
      open: requested - measured - masked,
      measured,
      masked,
      outcomes: this.#outcomes,
      tasks,
      measured_tasks: measuredTasks,
      fully_masked_tasks: fullyMasked,
      unmeasured_answers: unkept,
    };
  }

  /** `taskIdOf`: of the tasks in `worst`. */
  health(taskIdOf: (taskIndex: number) => string): JobHealth {
    const { measured, masked } = this.#counts;
    const { measured: groups, zeroVariance, nonePass, allPass } = this.#groups;
    const done = measured + masked;
    const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
    return {
      groups: {
        measured: groups,
        zero_variance: zeroVariance,
        zero_variance_share: share(zeroVariance, groups),
        none_pass: nonePass,
        all_pass: allPass,
      },
      truncated: {
        rollouts: this.#outcomes.truncated,
        share: share(this.#outcomes.truncated, done),
        by: this.#truncations,
      },
      masks: {
        share: share(masked, done),
        by_outcome: this.#maskedOutcomes,
        by_reason: this.#reasons.most(MAX_REASONS),
        by_output_tokens: this.#lengths,
        by_task: this.worst.map((task) => ({
          task_index: task.taskIndex,
          task_id: taskIdOf(task.taskIndex),
          rollouts: task.rollouts,
          masked: task.masked,
        })),
      },
    };
  }
}

function lengthClass(tokens: number | undefined): number {
  return tokens === undefined ? LENGTHS.length - 1 : LENGTHS.findIndex(({ below }) => below === null || tokens < below);
}

function worstOf(tasks: readonly TaskMasks[]): TaskMasks[] {
  const ordered = tasks.toSorted((a, b) => b.masked - a.masked || a.taskIndex - b.taskIndex);
  return ordered.slice(0, MAX_TASKS);
}
