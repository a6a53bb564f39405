import type { RolloutTimes } from "../contract/rollouts.ts";
import type { CallContext } from "../core/context.ts";
import type { JobState } from "../core/machines/job.ts";
import type { RolloutState } from "../core/machines/rollout.ts";
import type { Judgement, Outcome } from "../core/outcome.ts";
import type { AttemptRow, RecordPointer, RolloutRow } from "./port.ts";

/** Which jobs a list holds. What is left out does not matter. */
export interface JobFilter {
  readonly states?: readonly JobState[] | undefined;
  readonly environment?: string | undefined;
  /** Labels that a job has all of. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Which finished rollouts a page holds. What is left out does not matter. */
export interface RolloutFilter {
  readonly outcomes?: readonly Outcome[] | null | undefined;
  /** Id of the task; several tasks of one job may share it. */
  readonly taskId?: string | undefined;
  /** Inclusive; a rollout without a reward is outside of every range. */
  readonly minReward?: number | undefined;
  readonly maxReward?: number | undefined;
  readonly masked?: boolean | undefined;
}

export interface RolloutPageQuery extends RolloutFilter {
  /** Sequence of the last rollout of the page before; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
}

/** What metrics read of a rollout: everything that stands in its row. */
export interface MeasuredRow {
  readonly taskIndex: number;
  readonly rolloutIndex: number;
  readonly state: RolloutState;
  /** Null until the rollout is done. */
  readonly judgement: Judgement | null;
  readonly reason: string | null;
  readonly rewardComponents: Readonly<Record<string, number>> | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly times: RolloutTimes | null;
  /** As `FinishedRollout` has it. */
  readonly answer: string | null;
}

export interface MeasuresQuery {
  /** The last rollout of the page before; null for the first page. */
  readonly after: Pick<MeasuredRow, "taskIndex" | "rolloutIndex"> | null;
  /** Tasks from `fromTask` to `toTask`, both inclusive; null for no bound. */
  readonly fromTask: number | null;
  readonly toTask: number | null;
  readonly limit: number;
}

/** A task of a job. */
export interface TaskRow {
  readonly taskIndex: number;
  readonly taskId: string;
  readonly row: RecordPointer;
  /** Part of that record with the row's raw text. */
  readonly part: string;
}

/** The reading side. Every call sees the context's tenant only. */
export interface RolloutReader {
  get(ctx: CallContext, id: string): Promise<RolloutRow | null>;
  /** Done rollouts with a sequence above `after`, in sequence. */
  page(ctx: CallContext, jobId: string, page: RolloutPageQuery): Promise<RolloutRow[]>;
  /** Rollouts of any state, by task and then by their place in its group. */
  measures(ctx: CallContext, jobId: string, query: MeasuresQuery): Promise<MeasuredRow[]>;
  /** Tasks from the one with the index `from` on, in order. */
  tasks(ctx: CallContext, jobId: string, page: { from: number; limit: number }): Promise<TaskRow[]>;
  attempts(ctx: CallContext, rolloutId: string): Promise<AttemptRow[]>;
}
