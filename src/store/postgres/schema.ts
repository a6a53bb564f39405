import type { ColumnType, Selectable } from "kysely";
import type { RolloutLimits } from "../../contract/limits.ts";
import type { AttemptError, RolloutTimes } from "../../contract/rollouts.ts";
import type { JobState } from "../../core/machines/job.ts";
import type { RolloutState } from "../../core/machines/rollout.ts";
import type { OnTruncated, Outcome, Truncation } from "../../core/outcome.ts";
import type { RetryAttempts } from "../../core/retry-policy.ts";
import type { OutcomeCounts } from "../../core/tally.ts";

/**
 * Values that we made and parsed ourselves, written as text. The columns are `json`, not `jsonb`: it keeps the
 * text as it came, so that an escaped NUL or lone surrogate in somebody's label or message is no error.
 */
type Json<T> = ColumnType<T, string, string>;

/** A column with a default in the database. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;

/** Facts about the installation itself. The one table without a tenant. */
export interface MetaTable {
  key: string;
  value: string;
}

export interface JobsTable {
  id: string;
  tenant: string;
  state: JobState;
  environment: string;
  model: string;
  repeats: number;
  priority: number;
  labels: Json<Readonly<Record<string, string>>>;
  limits: Json<RolloutLimits>;
  on_truncated: Json<OnTruncated>;
  /** Raw JSON text. */
  sampling: string;
  replay: boolean;
  tasks: number;
  idempotency_key: string | null;
  idempotency_digest: string | null;
  /** Sequence of the rollout that was done last; 0 before the first. */
  last_sequence: Defaulted<number>;
  /** Counts of its rollouts, by state, and of those that are done by outcome. */
  queued: Defaulted<number>;
  running: Defaulted<number>;
  outcomes: ColumnType<OutcomeCounts, string | undefined, string>;
  /** Rewards that are not masked, and their sum. */
  rewards: Defaulted<number>;
  reward_sum: Defaulted<number>;
  /** Whether more tasks may come: it does not end before that is over. */
  accepting: Defaulted<boolean>;
  /** Rollouts of a group that are wanted, where more are started. */
  wanted: number | null;
  /** Groups that may be incomplete at once, in the order of tasks. */
  group_window: number | null;
  /** Seconds from a group's first claim to its deadline. */
  group_seconds: number | null;
  deadline_at: Date | null;
  /** When what still runs of a cancelled job ends without its worker. */
  cancel_at: Date | null;
  /** Sequence of the group that was complete last; 0 before the first. */
  last_group: Defaulted<number>;
  retries: ColumnType<RetryAttempts, string | undefined, string>;
  /** When it was paused, while it is. */
  paused_at: Date | null;
  max_versions_behind: number | null;
  /** The job whose masked rollouts this one plays again. */
  retry_of: string | null;
  created_at: Defaulted<Date>;
  started_at: Date | null;
  ended_at: Date | null;
}

export interface TasksTable {
  tenant: string;
  job_id: string;
  task_index: number;
  /** JSON, because a row's own id is anybody's text. */
  task_id: Json<string>;
  row_segment: string;
  row_offset: number;
  row_length: number;
  row_part: string;
  /** Rollouts of its group, and those that are not done. */
  size: Defaulted<number>;
  open: Defaulted<number>;
  /** Place among the job's complete groups; null until it is complete. */
  sequence: number | null;
  deadline_at: Date | null;
  ended_at: Date | null;
}

export interface RolloutsTable {
  id: string;
  tenant: string;
  job_id: string;
  task_index: number;
  rollout_index: number;
  state: Defaulted<RolloutState>;
  attempts: Defaulted<number>;
  /** Attempts whose worker died. */
  lost_attempts: Defaulted<number>;
  /** Grows whenever the rollout changes hands. */
  fence: Defaulted<number>;
  lease_owner: string | null;
  lease_until: Date | null;
  available_at: Defaulted<Date>;
  outcome: Outcome | null;
  reward: number | null;
  masked: boolean | null;
  truncated_by: Truncation | null;
  reason: string | null;
  reward_components: Json<Readonly<Record<string, number>>> | null;
  metrics: Json<Readonly<Record<string, number>>> | null;
  times: Json<RolloutTimes> | null;
  sequence: number | null;
  record_segment: string | null;
  record_offset: number | null;
  record_length: number | null;
  /** Key of the answer that was judged; empty where none was found, null where nothing was judged or nobody kept it. */
  answer: string | null;
  ended_at: Date | null;
}

export interface AttemptsTable {
  tenant: string;
  rollout_id: string;
  number: number;
  worker: string;
  /** Of the claim that began it. */
  fence: number;
  started_at: Defaulted<Date>;
  ended_at: Date | null;
  outcome: Outcome | null;
  error: Json<AttemptError> | null;
  retried: Defaulted<boolean>;
}

export interface VerdictsTable {
  tenant: string;
  rollout_id: string;
  /** The rollout's own is 1. */
  version: number;
  rescore_id: string;
  outcome: Outcome;
  reward: number | null;
  masked: boolean;
  truncated_by: Truncation | null;
  reason: string | null;
  error: Json<AttemptError> | null;
  record_segment: string | null;
  record_offset: number | null;
  record_length: number | null;
  created_at: Defaulted<Date>;
}

/** Tasks that were added to an open-ended job by one request. */
export interface BatchesTable {
  tenant: string;
  job_id: string;
  key: string;
  digest: string;
  first_task: number;
  tasks: number;
  created_at: Defaulted<Date>;
}

/** Somebody who takes a job's groups. Everything up to `cursor` has been acknowledged. */
export interface ConsumersTable {
  tenant: string;
  job_id: string;
  name: string;
  cursor: Defaulted<number>;
}

/** A group that was handed out to a consumer. */
export interface DeliveriesTable {
  tenant: string;
  job_id: string;
  consumer: string;
  sequence: number;
  lease_id: string;
  lease_until: Date;
  acknowledged: Defaulted<boolean>;
  /** Groups that were handed out with it. */
  size: number;
  /** Times it was handed out. */
  deliveries: Defaulted<number>;
}

/** The tables of one installation. `migrations/` makes them. */
export interface Tables {
  meta: MetaTable;
  jobs: JobsTable;
  tasks: TasksTable;
  rollouts: RolloutsTable;
  attempts: AttemptsTable;
  verdicts: VerdictsTable;
  batches: BatchesTable;
  consumers: ConsumersTable;
  deliveries: DeliveriesTable;
}

/** A row of `jobs` as it is read. */
export type JobRecord = Selectable<JobsTable>;
