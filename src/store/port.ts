import type { RolloutLimits } from "../contract/limits.ts";
import type { AttemptError, RolloutTimes } from "../contract/rollouts.ts";
import type { CallContext } from "../core/context.ts";
import type { SandlotError } from "../core/errors/sandlot-error.ts";
import type { JobState } from "../core/machines/job.ts";
import type { RolloutState } from "../core/machines/rollout.ts";
import type { Judgement, OnTruncated, Outcome } from "../core/outcome.ts";
import type { Tally } from "../core/tally.ts";

/** Where a record lies in the segment files. */
export interface RecordPointer {
  readonly segment: string;
  /** Byte offset of the record's header. */
  readonly offset: number;
  /** Bytes of the record, header included. */
  readonly length: number;
}

/** Named byte strings, kept exactly as they came. */
export type BlobRecord = ReadonlyMap<string, Uint8Array>;

/** Append-only storage of rows and trajectories. What `append` has answered survives a crash. */
export interface BlobStore {
  /**
   * Throws `storage_full`. A row that points to the record must be there within `POINTER_MAX_AGE_MS`: later the record may be
   * gone with its segment.
   */
  append(ctx: CallContext, record: BlobRecord): Promise<RecordPointer>;
  /** Throws `storage_corrupt` when the record fails its checksum or is cut off. */
  read(ctx: CallContext, pointer: RecordPointer): Promise<BlobRecord>;
  close(): Promise<void>;
}

/** Age after which a pointer that no row has may lead nowhere. */
export const POINTER_MAX_AGE_MS = 12 * 3_600_000;

/** Space for records and rows. */
export interface StorageRoom {
  /** What keeps new work out, a `storage_full`; null while there is room. What runs is recorded as long as it can be. */
  problem(): Promise<SandlotError | null>;
  /** Throws it. */
  require(): Promise<void>;
}

export interface NewTask {
  /** The row's own id, or its position as text. */
  readonly taskId: string;
  /** Part `row` of this record is the row's raw text. Tasks of one job may share a record, each with a part of its own. */
  readonly row: RecordPointer;
  readonly part: string;
}

export interface NewJob {
  readonly id: string;
  readonly environment: string;
  readonly model: string;
  readonly repeats: number;
  readonly priority: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: RolloutLimits;
  readonly onTruncated: OnTruncated;
  /** Raw JSON object, merged over each row's `responses_create_params`. */
  readonly sampling: string;
  readonly replay: boolean;
  readonly tasks: readonly NewTask[];
  /** `digest` is over the whole request body: the same key with another body is refused. */
  readonly idempotency: { readonly key: string; readonly digest: string } | null;
}

export interface JobRow extends Omit<NewJob, "tasks" | "idempotency"> {
  readonly tenant: string;
  readonly state: JobState;
  readonly tasks: number;
  readonly tally: Tally;
  readonly meanReward: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface RolloutRow {
  readonly id: string;
  readonly jobId: string;
  readonly tenant: string;
  readonly environment: string;
  readonly taskId: string;
  readonly taskIndex: number;
  readonly rolloutIndex: number;
  readonly row: RecordPointer;
  readonly rowPart: string;
  readonly state: RolloutState;
  /** Null until the rollout is done. */
  readonly judgement: Judgement | null;
  readonly reason: string | null;
  readonly rewardComponents: Readonly<Record<string, number>> | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly times: RolloutTimes | null;
  /** Attempts started so far. */
  readonly attempts: number;
  readonly sequence: number | null;
  readonly replay: boolean;
  /** Trajectory and verdict; null when the rollout ended without either. */
  readonly record: RecordPointer | null;
  readonly endedAt: Date | null;
}

export interface AttemptRow {
  readonly number: number;
  readonly worker: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: Outcome | null;
  readonly error: AttemptError | null;
  readonly retried: boolean;
}

/** A rollout under this worker's lease. `fence` grows with every claim; a call with an old one is refused. */
export interface Claim {
  readonly rollout: RolloutRow;
  readonly job: Omit<JobRow, "tally" | "meanReward">;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly fence: number;
}

export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly error: AttemptError | null;
}

export interface FinishedRollout extends AttemptEnd {
  readonly judgement: Judgement;
  readonly reason: string | null;
  readonly rewardComponents: Readonly<Record<string, number>> | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly times: RolloutTimes | null;
  readonly record: RecordPointer | null;
}

/** The submitting side. Every call sees the context's tenant only. */
export interface JobStore {
  /**
   * Records the job and all its rollouts in one transaction. With an idempotency key that is known, the earlier
   * job when the digest agrees, else `idempotency_conflict`. `storage_full` while there is no room.
   */
  create(ctx: CallContext, job: NewJob): Promise<{ job: JobRow; created: boolean }>;
  get(ctx: CallContext, id: string): Promise<JobRow | null>;
  /** Newest first. `before` is the id of the last job of the page before. */
  list(ctx: CallContext, page: { before: string | null; limit: number }): Promise<JobRow[]>;
  /** Queued rollouts end as cancelled at once. `not_found`, or `job_ended` when it is too late; asking twice is fine. */
  cancel(ctx: CallContext, id: string): Promise<JobRow>;
}

/** The reading side. Every call sees the context's tenant only. */
export interface RolloutPageQuery {
  /** Sequence of the last rollout of the page before; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
  /** Null for all. */
  readonly outcomes: readonly Outcome[] | null;
}

export interface RolloutReader {
  get(ctx: CallContext, id: string): Promise<RolloutRow | null>;
  /** Done rollouts with a sequence above `after`, in sequence. */
  page(ctx: CallContext, jobId: string, page: RolloutPageQuery): Promise<RolloutRow[]>;
  attempts(ctx: CallContext, rolloutId: string): Promise<AttemptRow[]>;
}

/** A later verdict on a rollout. */
export interface NewVerdict {
  readonly rolloutId: string;
  readonly judgement: Judgement;
  readonly reason: string | null;
  /** The fault that kept the answer from being judged. */
  readonly error: AttemptError | null;
  /** Part `verdict`; null when there is none. */
  readonly record: RecordPointer | null;
}

export interface VerdictRow extends NewVerdict {
  /** From 2: the first is the rollout's own. */
  readonly version: number;
  /** The rescore that it came of. */
  readonly rescoreId: string;
  readonly createdAt: Date;
}

/** Verdicts beside the first, none of which is ever changed. Every call sees the context's tenant only. */
export interface VerdictStore {
  /** Keeps verdicts as the next versions of their rollouts, which are of one job. Throws `not_found` for the job. */
  add(ctx: CallContext, rescore: { jobId: string; rescoreId: string; verdicts: readonly NewVerdict[] }): Promise<void>;
  /** In the order in which they came to be. */
  list(ctx: CallContext, rolloutId: string): Promise<VerdictRow[]>;
}

export interface ClaimRequest {
  readonly worker: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** Rollouts of a model at most; models that are not named have no limit. */
  readonly rooms?: ReadonlyMap<string, number>;
}

/** The working side: leases over rollouts of all tenants. */
export interface RolloutQueue {
  /** Up to `limit` rollouts that are due, highest priority and oldest first; each starts an attempt. None while there is no room. */
  claim(ctx: CallContext, request: ClaimRequest): Promise<Claim[]>;
  /**
   * Extends the leases of these rollouts; answers which of them the worker still holds, and which of those belong to a
   * job that is being cancelled. A rollout that the worker no longer names runs out and is queued again.
   */
  renew(
    ctx: CallContext,
    request: { worker: string; rollouts: readonly string[]; leaseMs: number },
  ): Promise<{ held: string[]; cancelling: string[] }>;
  /** Records the rollout's end and its sequence in the job. `lease_lost` when the fence is old. */
  finish(ctx: CallContext, claim: Claim, end: FinishedRollout): Promise<{ sequence: number }>;
  /** Ends the attempt and queues the rollout again after `delayMs` (as cancelled when its job is being cancelled). */
  retry(ctx: CallContext, claim: Claim, end: AttemptEnd, delayMs: number): Promise<void>;
  /** Hands rollouts back at shutdown; the attempt doesn't count. */
  release(ctx: CallContext, claims: readonly Claim[]): Promise<void>;
  /**
   * Queues again every running rollout whose lease has run out, or, with `orphans`, every one that `worker` does
   * not hold (only for the single owner of an embedded database). Answers how many. A rollout whose attempts were
   * lost this way `LOST_ATTEMPTS_MAX` times ends as `timed_out`, so that a rollout that kills its worker cannot do so for ever.
   */
  reclaim(ctx: CallContext, options?: { orphansOf?: string }): Promise<number>;
}

/** Attempts whose worker died, after which a rollout is given up. */
export const LOST_ATTEMPTS_MAX = 10;

/** Space that records take. */
export interface StorageUsage {
  readonly segments: number;
  readonly segmentBytes: number;
  /**
   * Bytes of records that rows point to; null before the first look. A segment stays as long as one of its records does: the difference
   * is what that costs.
   */
  readonly liveBytes: number | null;
  /** Where segments or database have the least; null where the system does not tell. */
  readonly freeBytes: number | null;
}

/** Removal of what is no longer wanted. Rows go in batches, then segments that nobody points to any more. */
export interface Housekeeping {
  /**
   * Removes an ended job of the context's tenant: from everybody's sight at once, its rows soon after, its records once no other job
   * has any in their segment. `not_found`; `job_open` for one that has not ended.
   */
  remove(ctx: CallContext, id: string): Promise<void>;
  usage(): Promise<StorageUsage>;
  /** Removes from now on what is to go, jobs included that ended more than `retentionDays` ago (null: never). */
  start(options: { retentionDays: number | null }): void;
}

export interface Store {
  readonly jobs: JobStore;
  readonly rollouts: RolloutReader;
  readonly verdicts: VerdictStore;
  readonly queue: RolloutQueue;
  readonly blobs: BlobStore;
  readonly room: StorageRoom;
  readonly housekeeping: Housekeeping;
  /** Stable id of this installation, made with the database; it labels sandboxes. */
  readonly installation: string;
  /** Throws `database_unavailable` when the database does not answer. */
  check(ctx: CallContext): Promise<void>;
  close(): Promise<void>;
}
