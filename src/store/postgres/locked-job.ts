import { sql } from "kysely";
import { jobEnded, type JobEvent, type JobState, nextJobState } from "../../core/machines/job.ts";
import type { Judgement } from "../../core/outcome.ts";
import type { OutcomeCounts } from "../../core/tally.ts";
import type { Database, Tx } from "./database.ts";
import type { JobRecord } from "./schema.ts";

/**
 * A job's row under lock, with what the transaction changes of it. Whoever changes the state of rollouts locks their job first
 * and keeps it until commit; a transaction locks one job only. So sequences appear in commit order without gaps, counts are exact,
 * and nothing deadlocks.
 */
export class LockedJob {
  readonly record: JobRecord;
  #state: JobState;
  #accepting: boolean;
  #queued: number;
  #running: number;
  #tasks: number;
  #sequence: number;
  #group: number;
  #rewards: number;
  #rewardSum: number;
  #outcomes: OutcomeCounts;
  #isChanged = false;

  constructor(record: JobRecord) {
    this.record = record;
    this.#state = record.state;
    this.#accepting = record.accepting;
    this.#queued = record.queued;
    this.#running = record.running;
    this.#tasks = record.tasks;
    this.#sequence = record.last_sequence;
    this.#group = record.last_group;
    this.#rewards = record.rewards;
    this.#rewardSum = record.reward_sum;
    this.#outcomes = record.outcomes;
  }

  get id(): string {
    return this.record.id;
  }
  get state(): JobState {
    return this.#state;
  }
  get accepting(): boolean {
    return this.#accepting;
  }
  get tasks(): number {
    return this.#tasks;
  }
  /** Sequence of the rollout that was done last. */
  get lastSequence(): number {
    return this.#sequence;
  }
  /** Sequence of the group that was complete last. */
  get lastGroup(): number {
    return this.#group;
  }

  /** Moves the job; false when the event has no place in its state. */
  move(event: JobEvent): boolean {
    const state = nextJobState(this.#state, event);
    if (state === "refused") return false;
    this.#isChanged ||= state !== this.#state;
    this.#state = state;
    return true;
  }

  added(tasks: number, rollouts: number): void {
    this.#tasks += tasks;
    this.#queued += rollouts;
    this.#isChanged = true;
  }

  acceptsNoMore(): void {
    this.#isChanged ||= this.#accepting;
    this.#accepting = false;
  }

  claimed(rollouts: number): void {
    this.#queued -= rollouts;
    this.#running += rollouts;
    this.#isChanged = true;
  }

  requeued(rollouts: number): void {
    this.claimed(-rollouts);
  }

  /** Running rollouts that are done now, in the order of their sequences. */
  ended(judgements: readonly Judgement[]): void {
    for (const { outcome, reward, masked } of judgements) {
      this.#count(outcome, 1);
      if (masked || reward === null) continue;
      this.#rewards++;
      this.#rewardSum += reward;
    }
    this.#left({ queued: 0, running: judgements.length });
  }

  /** Rollouts that are done without a result. */
  endedMasked(outcome: Judgement["outcome"], left: { readonly queued: number; readonly running: number }): void {
    this.#count(outcome, left.queued + left.running);
    this.#left(left);
  }

  groupsCompleted(groups: number): void {
    this.#group += groups;
    this.#isChanged ||= groups > 0;
  }

  /** Writes what has changed; the last open rollout of a job that takes no more ends it. */
  async save(tx: Tx): Promise<void> {
    if (this.#queued + this.#running === 0 && !this.#accepting) this.move("drain");
    if (!this.#isChanged) return;
    await tx
      .updateTable("jobs")
      .set({
        state: this.#state,
        accepting: this.#accepting,
        tasks: this.#tasks,
        queued: this.#queued,
        running: this.#running,
        outcomes: JSON.stringify(this.#outcomes),
        rewards: this.#rewards,
        reward_sum: this.#rewardSum,
        last_sequence: this.#sequence,
        last_group: this.#group,
        started_at: this.#running > 0 ? sql<Date>`coalesce(started_at, now())` : this.record.started_at,
        ended_at: jobEnded(this.#state) ? sql<Date>`coalesce(ended_at, now())` : null,
      })
      .where("id", "=", this.id)
      .execute();
  }

  #count(outcome: Judgement["outcome"], rollouts: number): void {
    if (rollouts === 0) return;
    this.#outcomes = { ...this.#outcomes, [outcome]: (this.#outcomes[outcome] ?? 0) + rollouts };
  }

  #left({ queued, running }: { readonly queued: number; readonly running: number }): void {
    this.#queued -= queued;
    this.#running -= running;
    this.#sequence += queued + running;
    this.#isChanged ||= queued + running > 0;
  }
}

/**
 * Does `work` in a transaction under the job's lock and saves what it changed of the job. Null when there is no such job, of `tenant`
 * where one is given.
 */
export function underJob<T>(
  db: Database,
  { id, tenant }: { readonly id: string; readonly tenant?: string },
  work: (tx: Tx, job: LockedJob) => Promise<T>,
): Promise<T | null> {
  return db.transaction().execute(async (tx) => {
    const record = await tx
      .selectFrom("jobs")
      .selectAll()
      .where("id", "=", id)
      .$if(tenant !== undefined, (query) => query.where("tenant", "=", tenant ?? ""))
      .forUpdate()
      .executeTakeFirst();
    if (!record) return null;
    const job = new LockedJob(record);
    const result = await work(tx, job);
    await job.save(tx);
    return result;
  });
}
