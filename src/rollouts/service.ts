import type { Job, JobPage, JobSubmission } from "../contract/jobs.ts";
import type { VerdictVersion } from "../contract/rescores.ts";
import type { Rollout, RolloutPage, RolloutRecord } from "../contract/rollouts.ts";
import type { SamplePage } from "../contract/samples.ts";
import type { CallContext } from "../core/context.ts";
import type { JobFilter, RolloutFilter } from "../store/port.ts";

/** A submission as it came over the wire: parsed, and with the raw text of its rows and sampling. */
export interface IncomingJob {
  readonly submission: JobSubmission;
  /** The request body, exactly; rows and sampling are cut out of it as text. */
  readonly body: string;
  readonly idempotencyKey: string | null;
}

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
  submit(ctx: CallContext, incoming: IncomingJob): Promise<{ job: Job; created: boolean }>;
  get(ctx: CallContext, id: string): Promise<Job>;
  list(ctx: CallContext, page: { cursor: string | null; limit: number; filter?: JobFilter }): Promise<JobPage>;
  cancel(ctx: CallContext, id: string): Promise<Job>;
  rollouts(ctx: CallContext, jobId: string, query: RolloutQuery): Promise<RolloutPage>;
  rollout(ctx: CallContext, id: string): Promise<RolloutRecord>;
  /** Samples of finished rollouts; throws `not_trainable` for a job that replays answers. */
  samples(ctx: CallContext, jobId: string, query: SamplesQuery): Promise<SamplePage>;
  /** Every verdict on a rollout, the first one first. */
  verdicts(ctx: CallContext, rolloutId: string): Promise<VerdictVersion[]>;
  /** Finished rollouts after `after`, then live ones, until the job has ended or the context has. */
  events(ctx: CallContext, jobId: string, after: number): AsyncIterable<JobEvent>;
}
