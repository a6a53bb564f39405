import type { Delivery, Group, GroupPage } from "../contract/groups.ts";
import type { Clock } from "../core/clock.ts";
import { type CallContext, throwIfEnded } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { jobEnded } from "../core/machines/job.ts";
import type { GroupRow, JobRow, Store } from "../store/port.ts";
import { badCursor, parseCursor } from "./cursor.ts";
import type { Signals } from "./signals.ts";
import { rolloutView } from "./views.ts";

export interface GroupsOptions {
  readonly store: Store;
  readonly signals: Signals;
  readonly clock: Clock;
}

export interface TakeRequest {
  readonly consumer: string;
  readonly limit: number;
  readonly leaseMs: number;
  readonly waitMs: number;
}

/** Complete groups as the surfaces see them. Everything is seen through the context's tenant. */
export interface GroupService {
  page(
    ctx: CallContext,
    jobId: string,
    page: { cursor: string | null; limit: number; waitMs: number },
  ): Promise<GroupPage>;
  take(ctx: CallContext, jobId: string, request: TakeRequest): Promise<Delivery>;
  acknowledge(ctx: CallContext, jobId: string, deliveryId: string): Promise<{ cursor: number }>;
  handBack(ctx: CallContext, jobId: string, deliveryId: string): Promise<void>;
}

/** Another server's worker may complete a group, and a lease may run out: news come by looking. */
const POLL_MS = 1_000;

export class Groups implements GroupService {
  readonly #options: GroupsOptions;

  constructor(options: GroupsOptions) {
    this.#options = options;
  }

  async page(
    ctx: CallContext,
    jobId: string,
    page: { cursor: string | null; limit: number; waitMs: number },
  ): Promise<GroupPage> {
    const after = parseCursor(page.cursor);
    return this.#untilSome(ctx, jobId, page.waitMs, async (job) => {
      // Sequences have no gaps: what is beyond the last one is no place in this job.
      if (after > job.completeGroups) throw badCursor();
      const rows = await this.#options.store.groups.page(ctx, jobId, { after, limit: page.limit });
      const complete = jobEnded(job.state) && rows.length < page.limit;
      const items = rows.map((row) => groupView(jobId, row));
      const answer = { items, next_cursor: String(rows.at(-1)?.sequence ?? after), complete };
      return { answer, isFinal: complete || rows.length > 0 };
    });
  }

  async take(ctx: CallContext, jobId: string, request: TakeRequest): Promise<Delivery> {
    const { consumer, limit, leaseMs } = request;
    return this.#untilSome(ctx, jobId, request.waitMs, async (job) => {
      const { delivery, cursor } = await this.#options.store.groups.take(ctx, { jobId, consumer, limit, leaseMs });
      const complete = jobEnded(job.state) && cursor === job.completeGroups;
      const answer: Delivery = {
        id: delivery?.id ?? null,
        lease_until: delivery?.until.toISOString() ?? null,
        groups: delivery?.groups.map((row) => ({ ...groupView(jobId, row), deliveries: row.deliveries })) ?? [],
        cursor,
        complete,
      };
      return { answer, isFinal: complete || delivery !== null };
    });
  }

  acknowledge(ctx: CallContext, jobId: string, deliveryId: string): Promise<{ cursor: number }> {
    return this.#options.store.groups.acknowledge(ctx, jobId, deliveryId);
  }

  handBack(ctx: CallContext, jobId: string, deliveryId: string): Promise<void> {
    return this.#options.store.groups.handBack(ctx, jobId, deliveryId);
  }

  /** Looks until there is something, the job has ended, or the wait is over. */
  async #untilSome<T>(
    ctx: CallContext,
    jobId: string,
    waitMs: number,
    look: (job: JobRow) => Promise<{ readonly answer: T; readonly isFinal: boolean }>,
  ): Promise<T> {
    const { store, signals, clock } = this.#options;
    const until = clock.monotonic() + waitMs;
    for (;;) {
      const left = until - clock.monotonic();
      // Listening before looking, and the job before its groups: nothing that comes in between is missed.
      const timeoutMs = Math.max(0, Math.min(POLL_MS, left));
      const changed = signals.nextProgress(ctx, jobId, { clock, timeoutMs });
      const job = await store.jobs.get(ctx, jobId);
      if (!job) throw new SandlotError("not_found", { kind: "job", id: jobId });
      const { answer, isFinal } = await look(job);
      if (isFinal || left <= 0) return answer;
      await changed;
      throwIfEnded(ctx);
    }
  }
}

function groupView(jobId: string, { taskId, taskIndex, sequence, endedAt, rollouts }: GroupRow): Group {
  const views = rollouts.map(rolloutView);
  const count = (holds: (outcome: string | null) => boolean) => views.filter(({ outcome }) => holds(outcome)).length;
  const scored = count((outcome) => outcome === "scored");
  const truncated = count((outcome) => outcome === "truncated");
  const rewards = views.flatMap(({ masked, reward }) => (masked || reward === null ? [] : [reward]));
  return {
    id: `${jobId}-${taskIndex}`,
    task_id: taskId,
    task_index: taskIndex,
    sequence,
    ended_at: endedAt.toISOString(),
    rollouts: views,
    scored,
    truncated,
    masked: views.length - scored - truncated,
    mean_reward: rewards.length === 0 ? null : rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
    zero_variance: new Set(rewards).size <= 1,
  };
}
