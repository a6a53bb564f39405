import type { Delivery, Group, GroupPage } from "../contract/groups.ts";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { jobEnded } from "../core/machines/job.ts";
import type { GroupRow, Store } from "../store/port.ts";
import { badCursor, parseCursor } from "./cursor.ts";
import { GAP_MS, type Look, lookUntil, POLL_MS } from "./look-until.ts";
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
    const { limit, waitMs } = page;
    const look: Look<GroupPage> = async (job) => {
      // Sequences have no gaps: what is beyond the last one is no place in this job.
      if (after > job.completeGroups) throw badCursor();
      const rows = await this.#options.store.groups.page(ctx, jobId, { after, limit });
      const complete = jobEnded(job.state) && rows.length < limit;
      const items = rows.map((row) => groupView(jobId, row));
      const answer = { items, next_cursor: String(rows.at(-1)?.sequence ?? after), complete };
      return { answer, isFinal: complete || rows.length > 0 };
    };
    return lookUntil(ctx, { ...this.#options, jobId, waitMs, look });
  }

  async take(ctx: CallContext, jobId: string, request: TakeRequest): Promise<Delivery> {
    const { consumer, limit, leaseMs, waitMs } = request;
    const { clock } = this.#options;
    let empty: { readonly answer: Delivery; readonly of: string; readonly until: number } | null = null;
    const look: Look<Delivery> = async (job) => {
      // A look is a transaction that writes: no other is due before a group more is complete, or a lease may have run out.
      const of = `${job.state} ${job.completeGroups}`;
      if (empty?.of === of && clock.monotonic() < empty.until) return { answer: empty.answer, isFinal: false };
      const { delivery, cursor } = await this.#options.store.groups.take(ctx, { jobId, consumer, limit, leaseMs });
      const complete = jobEnded(job.state) && cursor === job.completeGroups;
      const answer: Delivery = {
        id: delivery?.id ?? null,
        lease_until: delivery?.until.toISOString() ?? null,
        groups: delivery?.groups.map((row) => ({ ...groupView(jobId, row), deliveries: row.deliveries })) ?? [],
        cursor,
        complete,
      };
      empty = { answer, of, until: clock.monotonic() + POLL_MS - GAP_MS };
      return { answer, isFinal: complete || delivery !== null };
    };
    return lookUntil(ctx, { ...this.#options, jobId, waitMs, look });
  }

  acknowledge(ctx: CallContext, jobId: string, deliveryId: string): Promise<{ cursor: number }> {
    return this.#options.store.groups.acknowledge(ctx, jobId, deliveryId);
  }

  handBack(ctx: CallContext, jobId: string, deliveryId: string): Promise<void> {
    return this.#options.store.groups.handBack(ctx, jobId, deliveryId);
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
