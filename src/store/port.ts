import type { RolloutLimits } from "../contract/limits.ts";
import type { AttemptError, RolloutTimes } from "../contract/rollouts.ts";
import type { CallContext } from "../core/context.ts";
import type { SandlotError } from "../core/errors/sandlot-error.ts";
import type { JobState } from "../core/machines/job.ts";
import type { RolloutState } from "../core/machines/rollout.ts";
import type { Judgement, OnTruncated, Outcome } from "../core/outcome.ts";
import type { RetryAttempts } from "../core/retry-policy.ts";
import type { Tally } from "../core/tally.ts";
import type { JobFilter, RolloutReader } from "./reader-port.ts";

export type {
  JobFilter,
  MeasuredRow,
  MeasuresQuery,
  RolloutFilter,
  RolloutPageQuery,
  RolloutReader,
  TaskRow,
} from "./reader-port.ts";

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
  /** Rollouts of its group. */
  readonly size: number;
}

/** A request that is done once: the same key with another digest is refused. */
export interface Idempotency {
  readonly key: string;
  /** Over the whole request body. */
  readonly digest: string;
}

/** How a job's groups are made. */
export interface GroupOptions {
  /** Unmasked rollouts with which a group has enough: what is open of it then ends as cancelled. Null for all. */
  readonly wanted: number | null;
  /** Groups that are begun before the first incomplete one is complete, that one included. Null for any number. */
  readonly window: number | null;
  /** Seconds from a group's first claim until what is open of it ends as timed out. Null for no end. */
  readonly seconds: number | null;
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
  /** Whether more tasks may come later: the job does not end before it is closed. */
  readonly accepting: boolean;
  readonly groups: GroupOptions;
  /** When everything of it that is open ends as timed out. */
  readonly deadline: Date | null;
  /** Attempts of a rollout by outcome, where they differ from the server's. */
  readonly retries: RetryAttempts;
  /** Weight versions by which the oldest tokens of a rollout may be behind at its end; staler ones are masked. Null for any number. */
  readonly maxVersionsBehind: number | null;
  /** The job whose masked rollouts this one plays again. */
  readonly retryOf: string | null;
  readonly tasks: readonly NewTask[];
  readonly idempotency: Idempotency | null;
}

/** Tasks for an open-ended job. */
export interface NewBatch {
  readonly tasks: readonly NewTask[];
  readonly idempotency: Idempotency | null;
}

export interface JobRow extends Omit<NewJob, "tasks" | "idempotency"> {
  readonly tenant: string;
  readonly state: JobState;
  readonly tasks: number;
  readonly completeGroups: number;
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
  readonly job: JobRow;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly fence: number;
}

/** A rollout as one of its claims has it. */
export interface ClaimedRollout {
  readonly id: string;
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
  /** Key of the answer that was judged: equal answers have equal keys. Empty where none was found; null where nothing was judged. */
  readonly answer?: string | null;
}

/** The submitting side. Every call sees the context's tenant only. */
export interface JobStore {
  /**
   * Records the job and all its rollouts in one transaction. With an idempotency key that is known, the earlier
   * job when the digest agrees, else `idempotency_conflict`. `storage_full` while there is no room.
   */
  create(ctx: CallContext, job: NewJob): Promise<{ job: JobRow; created: boolean }>;
  get(ctx: CallContext, id: string): Promise<JobRow | null>;
  /** The job that a submission with this key has made; null for none. `idempotency_conflict` for another digest. */
  findByKey(ctx: CallContext, idempotency: Idempotency): Promise<JobRow | null>;
  /** Newest first. `before` is the id of the last job of the page before; throws `not_found` when there is no such job. */
  list(ctx: CallContext, page: { before: string | null; limit: number; filter?: JobFilter }): Promise<JobRow[]>;
  /**
   * Queued rollouts end as cancelled at once, running ones when their workers hear of it, or after `graceMs` without them.
   * `not_found`, or `job_ended` when it is too late; asking twice is fine.
   */
  cancel(ctx: CallContext, id: string, graceMs: number): Promise<JobRow>;
  /** No rollout of it is claimed until it is resumed. `not_found`, `job_ended`. */
  pause(ctx: CallContext, id: string): Promise<JobRow>;
  resume(ctx: CallContext, id: string): Promise<JobRow>;
  /** Adds tasks to an open-ended job, once for each key. `not_found`, `job_closed`, `idempotency_conflict`. */
  addTasks(ctx: CallContext, id: string, batch: NewBatch): Promise<{ job: JobRow; added: boolean }>;
  /** The job takes no more tasks. `not_found`. */
  close(ctx: CallContext, id: string): Promise<JobRow>;
  recent(ctx: CallContext, of: { environment: string; model: string }): Promise<RecentRollouts>;
  /** A new job of the rollouts of an ended one that were masked with one of these outcomes. `not_found`, `job_open`, `nothing_to_retry`. */
  retry(ctx: CallContext, id: string, retry: NewRetry): Promise<{ job: JobRow; created: boolean }>;
}

/** How long rollouts of an environment and a model took that were done last. */
export interface RecentRollouts {
  readonly rollouts: number;
  /** Null when there are none. */
  readonly meanMs: number | null;
}

export interface NewRetry {
  readonly id: string;
  readonly outcomes: readonly Outcome[];
  readonly idempotency: Idempotency | null;
}

/** A complete group with its rollouts. */
export interface GroupRow {
  readonly taskId: string;
  readonly taskIndex: number;
  /** Place among the job's complete groups, from 1, without gaps. */
  readonly sequence: number;
  readonly endedAt: Date;
  /** In the order of their indices. */
  readonly rollouts: readonly RolloutRow[];
}

/** Complete groups that a consumer holds until it acknowledges them or `until` has passed. */
export interface Delivery {
  readonly id: string;
  readonly until: Date;
  readonly groups: readonly (GroupRow & { readonly deliveries: number })[];
}

export interface DeliveryRequest {
  readonly jobId: string;
  readonly consumer: string;
  /** Groups at most. */
  readonly limit: number;
  readonly leaseMs: number;
}

/** Complete groups, read by cursor or handed out under leases. Every call sees the context's tenant only. */
export interface GroupStore {
  /** Complete groups with a sequence above `after`, in sequence. */
  page(ctx: CallContext, jobId: string, page: { after: number; limit: number }): Promise<GroupRow[]>;
  /**
   * The first complete groups that nobody of this consumer's name has acknowledged or holds; null when there is none. Each is
   * handed out again when its lease has run out. All up to `cursor` have been acknowledged. `not_found` for the job.
   */
  take(ctx: CallContext, request: DeliveryRequest): Promise<{ delivery: Delivery | null; cursor: number }>;
  /** The consumer has these groups for good; asking twice is fine. `delivery_lost` when the lease ran out and another has them. */
  acknowledge(ctx: CallContext, jobId: string, deliveryId: string): Promise<{ cursor: number }>;
  /** Hands the groups back at once. */
  handBack(ctx: CallContext, jobId: string, deliveryId: string): Promise<void>;
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
  /** Environments of which nothing is claimed. */
  readonly closed?: readonly string[];
}

/** The working side: leases over rollouts of all tenants. */
export interface RolloutQueue {
  /** Up to `limit` rollouts that are due, highest priority and oldest first; each starts an attempt. None while there is no room. */
  claim(ctx: CallContext, request: ClaimRequest): Promise<Claim[]>;
  /**
   * Extends the leases of these rollouts; answers which of them the worker still holds under these fences, and which of those
   * belong to a job that is being cancelled. A rollout that the worker no longer names runs out and is queued again.
   */
  renew(
    ctx: CallContext,
    request: { worker: string; rollouts: readonly ClaimedRollout[]; leaseMs: number },
  ): Promise<{ held: ClaimedRollout[]; cancelling: ClaimedRollout[] }>;
  /** Records the rollout's end and its sequence in the job. `lease_lost` when the fence is old. */
  finish(ctx: CallContext, claim: Claim, end: FinishedRollout): Promise<{ sequence: number }>;
  /** Ends the attempt and queues the rollout again after `delayMs` (as cancelled when its job is being cancelled). */
  retry(ctx: CallContext, claim: Claim, end: AttemptEnd, delayMs: number): Promise<void>;
  /** Hands rollouts back at shutdown; the attempt doesn't count. */
  release(ctx: CallContext, claims: readonly Claim[]): Promise<void>;
  /**
   * Queues again every running rollout whose lease has run out, or, with `orphansOf`, every one that this worker does
   * not hold (only for the single owner of an embedded database). Answers how many. A rollout whose attempts were
   * lost this way `LOST_ATTEMPTS_MAX` times ends as `timed_out`, so that a rollout that kills its worker cannot do so for ever.
   */
  reclaim(ctx: CallContext, options?: { orphansOf?: string }): Promise<number>;
  /** Ends what is open of groups, jobs and cancellations whose time is over. Answers how many rollouts. */
  endOverdue(ctx: CallContext): Promise<number>;
}

/** What one process tells the others that share the database. */
export type Notice =
  | { readonly kind: "work" }
  /** The job is being cancelled, or something about it has changed. */
  | { readonly kind: "cancel" | "progress"; readonly jobId: string };

/** News between processes. One that is lost costs its hearers the time until they look by themselves, and nothing else. */
export interface NoticeBoard {
  /** Tells every other process that listens. What cannot be sent now is dropped. */
  publish(notices: readonly Notice[]): void;
  /** Calls `listener` with what others publish, until the answer is called. */
  subscribe(listener: (notice: Notice) => void): () => void;
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
  readonly groups: GroupStore;
  readonly verdicts: VerdictStore;
  readonly queue: RolloutQueue;
  readonly blobs: BlobStore;
  readonly notices: NoticeBoard;
  readonly room: StorageRoom;
  readonly housekeeping: Housekeeping;
  /** Stable id of this installation, made with the database; it labels sandboxes. */
  readonly installation: string;
  /** Throws `database_unavailable` when the database does not answer. */
  check(ctx: CallContext): Promise<void>;
  close(): Promise<void>;
}
