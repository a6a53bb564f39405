import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ImageCatalogue } from "../../sandbox/index.ts";
import { Gate } from "../admission/index.ts";
import { leaseSource, type PoolAccess } from "../lease-source.ts";
import type { PlanOptions } from "../plan/plan.ts";
import { refusal } from "../plan/refusal.ts";
import { type SessionPlan, sessionPlanOf } from "../plan/session-plan.ts";
import type { OpenSessionRequest, SessionService, SessionView, UsedSession } from "../service.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { LiveSession } from "./live-session.ts";
import { openIn } from "./open-session.ts";

export interface SessionsOptions {
  readonly catalogue: () => Promise<ImageCatalogue>;
  readonly pools: PoolAccess;
  readonly sandboxes: PlanOptions;
  readonly limits: {
    /** Slots of sessions at once, over all tenants; one with a sandbox of its own takes all slots of one. */
    readonly atOnce: number;
    /** Sessions of one tenant, those being opened included. */
    readonly perTenant: number;
    /** Requests that may wait for a place; more are refused. */
    readonly maxWaiting: number;
    /** Longest wait for a place, default 30 s. Milliseconds. */
    readonly maxQueueMs?: number;
    /** Longest life that may be asked for. Milliseconds. */
    readonly maxLifetimeMs: number;
  };
  readonly clock: Clock;
}

const MAX_QUEUE_MS = 30_000;
const IDLE_MS = 600_000;
const LIFETIME_MS = 3_600_000;
const RETRY_AFTER_SECONDS = 10;

/** The living sessions, and for a while those that have ended. */
export class Sessions implements SessionService {
  readonly #options: SessionsOptions;
  readonly #gate: Gate;
  readonly #live = new Map<string, LiveSession>();
  readonly #ended: EndedSessions;
  readonly #perTenant = new Map<string, number>();
  #closed = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#ended = new EndedSessions(options.clock);
    const { atOnce, maxWaiting } = options.limits;
    this.#gate = new Gate({
      resource: "sessions",
      units: () => atOnce,
      maxWaiting,
      begunPerUnit: 1,
      clock: options.clock,
    });
  }

  async open(ctx: CallContext, request: OpenSessionRequest): Promise<SessionView> {
    const { catalogue, sandboxes, limits } = this.#options;
    const { tenant } = ctx.principal;
    const idleMs = duration("idle_seconds", request.idleMs ?? IDLE_MS, Infinity);
    const lifetimeMs = duration(
      "lifetime_seconds",
      request.lifetimeMs ?? Math.min(LIFETIME_MS, limits.maxLifetimeMs),
      limits.maxLifetimeMs,
    );
    const plan = sessionPlanOf(tenant, request, await catalogue(), sandboxes);
    this.#count(tenant, 1);
    try {
      const live = await this.#open(ctx, request, plan, { idleMs, lifetimeMs });
      return live.view;
    } catch (error) {
      this.#count(tenant, -1);
      throw error;
    }
  }

  async use<T>(ctx: CallContext, id: string, work: (session: UsedSession) => Promise<T>): Promise<T> {
    return this.#find(ctx, id).use(ctx, work);
  }

  interrupt(ctx: CallContext, id: string): void {
    this.#find(ctx, id).interrupt();
  }

  get(ctx: CallContext, id: string): SessionView {
    const { tenant } = ctx.principal;
    const live = this.#live.get(id);
    const view = live?.tenant === tenant ? live.view : this.#ended.get(tenant, id);
    if (!view) throw notFound(id);
    return view;
  }

  list(ctx: CallContext): SessionView[] {
    const { tenant } = ctx.principal;
    const live = Array.from(this.#live.values()).filter((session) => session.tenant === tenant);
    return [...live.map(({ view }) => view), ...this.#ended.of(tenant)];
  }

  async close(ctx: CallContext, id: string): Promise<void> {
    const { tenant } = ctx.principal;
    const live = this.#live.get(id);
    if (live?.tenant === tenant) await live.end({ reason: "closed", detail: null });
    else if (!this.#ended.get(tenant, id)) throw notFound(id);
  }

  /** Refuses new ones and ends all. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    this.#gate.close();
    await Promise.all(Array.from(this.#live.values(), (live) => live.end({ reason: "shutting_down", detail: null })));
  }

  async #open(
    ctx: CallContext,
    { isolation, maxQueueMs: asked }: OpenSessionRequest,
    plan: SessionPlan,
    times: { readonly idleMs: number; readonly lifetimeMs: number },
  ): Promise<LiveSession> {
    const { pools, sandboxes, limits, clock } = this.#options;
    const { tenant } = ctx.principal;
    const maxQueueMs = asked ?? limits.maxQueueMs ?? MAX_QUEUE_MS;
    const whole = isolation === "container" || plan.spec.mode === "C";
    const weight = whole ? sandboxes.slots : Math.ceil(sandboxes.slots / plan.spec.slots);
    const admission = await this.#gate.admit(ctx, { tenant, weight, maxWaitMs: maxQueueMs });
    try {
      const maxWaitMs = Math.max(0, maxQueueMs - admission.queueMs);
      const source = leaseSource(pools, plan.spec, clock);
      const opened = await openIn(ctx, source, plan.request, { exclusive: isolation === "container", maxWaitMs });
      const live = new LiveSession({
        ...times,
        tenant,
        isolation,
        language: plan.language,
        image: plan.image,
        opened: { ...opened, queueMs: admission.queueMs + opened.queueMs },
        clock,
        logger: ctx.logger,
        onEnded: (ended) => {
          this.#live.delete(ended.view.id);
          this.#ended.add(tenant, ended.view);
          this.#count(tenant, -1);
          admission.end();
        },
      });
      this.#live.set(live.view.id, live);
      if (this.#closed) await live.end({ reason: "shutting_down", detail: null });
      return live;
    } catch (error) {
      admission.end();
      throw error;
    }
  }

  #find(ctx: CallContext, id: string): LiveSession {
    const { tenant } = ctx.principal;
    const live = this.#live.get(id);
    if (live?.tenant === tenant) return live;
    const ended = this.#ended.get(tenant, id);
    if (!ended) throw notFound(id);
    throw new SandlotError("session_ended", { session_id: id, reason: ended.reason ?? "closed", detail: ended.detail });
  }

  #count(tenant: string, change: 1 | -1): void {
    const { perTenant } = this.#options.limits;
    const count = (this.#perTenant.get(tenant) ?? 0) + change;
    if (change === 1 && count > perTenant) {
      const resource = `sessions of the tenant, of which there may be ${perTenant}`;
      throw new SandlotError("quota_exceeded", { resource, retry_after: RETRY_AFTER_SECONDS });
    }
    if (count === 0) this.#perTenant.delete(tenant);
    else this.#perTenant.set(tenant, count);
  }
}

function notFound(id: string): SandlotError {
  return new SandlotError("not_found", { kind: "session", id: id.slice(0, 100) });
}

function duration(field: string, ms: number, most: number): number {
  if (!(ms > 0)) throw refusal(field, "must be positive");
  if (ms > most) throw refusal(field, `must be at most ${most / 1000}`);
  return ms;
}
