import type {
  AddedTasks,
  Job,
  JobEstimate,
  JobPage,
  JobSubmission,
  SubmittedJob,
  TaskBatch,
} from "../contract/jobs.ts";
import type { VerdictVersion } from "../contract/rescores.ts";
import type { Rollout, RolloutPage, RolloutRecord } from "../contract/rollouts.ts";
import type { SamplePage } from "../contract/samples.ts";
import type { CallContext } from "../core/context.ts";
import type { Outcome } from "../core/outcome.ts";
import type { JobFilter, RolloutFilter } from "../store/port.ts";
import type { Incoming, IncomingLines } from "./intake/intake.ts";

/** What a job's event stream carries, in order. `sequence` resumes it. */
export type JobEvent =
  | { readonly type: "rollout"; readonly sequence: number; readonly rollout: Rollout }
  | { readonly type: "progress"; readonly job: Job }
  | { readonly type: "end"; readonly job: Job };

export interface RolloutQuery extends RolloutFilter {
  readonly cursor: string | null;
  readonly limit: number;
  readonly records: boolean;
}

export interface SamplesQuery {
  readonly cursor: string | null;
  /** Rollouts. */
  readonly limit: number;
  /** How long to wait where there is no finished rollout yet. */
  readonly waitMs: number;
}

/** Jobs and rollouts as the surfaces see them. Everything is seen through the context's tenant. */
export interface JobService {
  submit(ctx: CallContext, incoming: Incoming<JobSubmission>): Promise<{ job: SubmittedJob; created: boolean }>;
  /** What a submission would come to; nothing is kept. */
  dryRun(ctx: CallContext, incoming: Incoming<JobSubmission>): Promise<JobEstimate>;
  /** Tasks for an open-ended job; `job_closed` when it takes no more. */
  addTasks(ctx: CallContext, id: string, incoming: Incoming<TaskBatch>): Promise<AddedTasks>;
  uploadTasks(ctx: CallContext, id: string, incoming: IncomingLines): Promise<AddedTasks>;
  get(ctx: CallContext, id: string): Promise<Job>;
  list(ctx: CallContext, page: { cursor: string | null; limit: number; filter?: JobFilter }): Promise<JobPage>;
  /** What runs is told to stop, and ends without its worker after `graceMs`. */
  cancel(ctx: CallContext, id: string, graceMs: number): Promise<Job>;
  pause(ctx: CallContext, id: string): Promise<Job>;
  resume(ctx: CallContext, id: string): Promise<Job>;
  close(ctx: CallContext, id: string): Promise<Job>;
  retry(
    ctx: CallContext,
    id: string,
    retry: { outcomes: readonly Outcome[]; idempotencyKey: string | null },
  ): Promise<{ job: Job; created: boolean }>;
  rollouts(ctx: CallContext, jobId: string, query: RolloutQuery): Promise<RolloutPage>;
  rollout(ctx: CallContext, id: string): Promise<RolloutRecord>;
  /** Samples of finished rollouts; throws `not_trainable` for a job that replays answers. */
  samples(ctx: CallContext, jobId: string, query: SamplesQuery): Promise<SamplePage>;
  /** Every verdict on a rollout, the first one first. */
  verdicts(ctx: CallContext, rolloutId: string): Promise<VerdictVersion[]>;
  /** Finished rollouts after `after`, then live ones, until the job has ended or the context has. */
  events(ctx: CallContext, jobId: string, after: number): AsyncIterable<JobEvent>;
}
