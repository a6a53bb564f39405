import type { CallContext } from "../../core/context.ts";
import type { SessionView } from "../../execution/index.ts";
import { LossInquiry } from "./loss-inquiry.ts";
import { callSession, controlPasses, ENDED, refusalOf } from "./call.ts";
import { lossOf, type SessionLoss } from "./loss.ts";
import { SessionPast } from "./past.ts";
import { openPlace, type ToolSessionRequest, type ToolSessions } from "./place.ts";
import type { ToolReply, ToolSession } from "./tool-session.ts";

/** Opens a session in a slot, which is opened anew wherever its state can be had again. */
export async function openToolSession(
  ctx: CallContext,
  service: ToolSessions,
  request: ToolSessionRequest,
): Promise<ToolSession> {
  return new LastingSession(service, request, await openPlace(ctx, service, request, false));
}

/** A session that outlives the sandbox it is in. */
class LastingSession implements ToolSession {
  readonly #service: ToolSessions;
  readonly #request: ToolSessionRequest;
  #view: SessionView | null;
  #past = new SessionPast();
  #closed = false;

  constructor(service: ToolSessions, request: ToolSessionRequest, view: SessionView) {
    this.#service = service;
    this.#request = request;
    this.#view = view;
  }

  async call(ctx: CallContext, code: string): Promise<ToolReply> {
    if (this.#closed) throw new Error("the session is closed");
    const refusal = refusalOf(code);
    if (refusal) return refusal;
    const { clock } = this.#service;
    const inquiry = new LossInquiry({ clock, controlPasses: (inner) => this.#controlPasses(inner) });
    let loss: SessionLoss | null = null;
    while (loss === null || this.#past.isRepeatable) {
      const startedAt = clock.monotonic();
      const tried: ToolReply | SessionLoss | null = await this.#try(ctx, code, inquiry.alone);
      if (tried === null) break;
      if ("status" in tried) return this.#remember(code, tried, clock.monotonic() - startedAt);
      loss = tried;
      if (loss.cause === "own" || (await inquiry.isBlamed(ctx, loss))) return this.#remember(code, ENDED, 0);
    }
    // It cannot be had again: what the machine has done is no rollout's loss, and nobody else may buy an error by it.
    if (loss?.cause === "machine") throw loss.fault;
    return this.#remember(code, ENDED, 0);
  }

  async close(ctx: CallContext): Promise<void> {
    this.#closed = true;
    await this.#giveUp(ctx);
  }

  /** The reply, or how the session was lost. A new one is first made what the old one was: null when that cannot be. */
  async #try(ctx: CallContext, code: string, alone: boolean): Promise<ToolReply | SessionLoss | null> {
    const { sessions } = this.#service;
    const isNew = this.#view === null;
    const view = (this.#view ??= await this.#open(ctx, alone));
    const call = (source: string) => callSession(ctx, sessions, view.id, source);
    try {
      if (!isNew || (await this.#past.repeat(call))) return await call(code);
      await this.#giveUp(ctx);
      return null;
    } catch (error) {
      const loss = lossOf(view, error);
      if (loss === null) throw error;
      this.#view = null;
      ctx.logger.warn({ session_id: view.id, cause: loss.cause, error: loss.fault.report() }, "a tool's session ended");
      return loss;
    }
  }

  async #open(ctx: CallContext, alone: boolean): Promise<SessionView> {
    const view = await openPlace(ctx, this.#service, this.#request, alone);
    if (!this.#closed) return view;
    await this.#service.sessions.close(ctx, view.id);
    throw new Error("the session is closed");
  }

  async #giveUp(ctx: CallContext): Promise<void> {
    const view = this.#view;
    this.#view = null;
    if (view) await this.#service.sessions.close(ctx, view.id);
  }

  /** After a call that has ended its session there is nothing to make again. */
  #remember(code: string, reply: ToolReply, ms: number): ToolReply {
    if (reply.status === "ended") {
      this.#view = null;
      this.#past = new SessionPast();
    } else this.#past.add(code, reply, ms);
    return reply;
  }

  async #controlPasses(ctx: CallContext): Promise<boolean> {
    const view = await this.#open(ctx, true);
    try {
      return await controlPasses(ctx, this.#service.sessions, view.id);
    } finally {
      await this.#service.sessions.close(ctx, view.id);
    }
  }
}
