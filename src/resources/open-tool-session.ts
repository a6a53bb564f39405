import { SESSION_END_REASONS } from "../contract/sessions.ts";
import { type Clock, sleep } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { OpenSessionRequest, SessionService, SessionView, UsedSessionReply } from "../execution/index.ts";
import { textOf } from "../verification/index.ts";
import type { ToolReply, ToolSession } from "./tool-session.ts";

export interface ToolSessions {
  readonly sessions: SessionService;
  readonly clock: Clock;
  /** Longest life of a session. Milliseconds. */
  readonly maxLifetimeMs: number;
}

export type ToolSessionRequest = Pick<OpenSessionRequest, "language" | "image" | "runtime" | "limits">;

/** Kept of each output stream of a call: what a model can read. */
const KEEP_BYTES = 64 * 1024;
const VALUE_BYTES = 16 * 1024;
/** Shows what `repr` shows otherwise; `_` is the value of the call before. */
const SHOW_VALUE = "__import__('sys').stdout.write(str(_)) and None";

/** Ends that the program has brought about by itself; all others are faults. */
const OWN_ENDS: ReadonlySet<string> = new Set(
  SESSION_END_REASONS.filter((it) => !["closed", "idle", "lifetime", "shutting_down", "sandbox_lost"].includes(it)),
);

/** Opens a session in a slot. Waits for a place until the deadline of `ctx`: a refusal would only be tried again. */
export async function openToolSession(
  ctx: CallContext,
  service: ToolSessions,
  request: ToolSessionRequest,
): Promise<ToolSession> {
  return new SlotSession(service, request, await open(ctx, service, request));
}

async function open(ctx: CallContext, service: ToolSessions, request: ToolSessionRequest): Promise<SessionView> {
  const { sessions, clock, maxLifetimeMs } = service;
  for (;;) {
    const leftMs = Math.max(1, ctx.deadline - clock.now());
    const lifetimeMs = Math.min(leftMs, maxLifetimeMs);
    try {
      const times = { idleMs: lifetimeMs, lifetimeMs, maxQueueMs: leftMs };
      return await sessions.open(ctx, { ...request, ...times, isolation: "slot" });
    } catch (error) {
      const isFull = ["queue_full", "overloaded", "quota_exceeded"].some(
        (code) => SandlotError.from(error).code === code,
      );
      if (!isFull) throw error;
      await sleep(clock, RETRY_MS, ctx.signal);
    }
  }
}

const RETRY_MS = 2_000;

class SlotSession implements ToolSession {
  readonly #service: ToolSessions;
  readonly #request: ToolSessionRequest;
  #view: SessionView | null;
  #closed = false;

  constructor(service: ToolSessions, request: ToolSessionRequest, view: SessionView) {
    this.#service = service;
    this.#request = request;
    this.#view = view;
  }

  async call(ctx: CallContext, code: string): Promise<ToolReply> {
    if (this.#closed) throw new Error("the session is closed");
    const view = (this.#view ??= await open(ctx, this.#service, this.#request));
    try {
      const reply = await this.#service.sessions.use(ctx, view.id, async (session) => {
        const called = await session.call(ctx, { code, keepBytes: KEEP_BYTES });
        if (called.value === null) return replyOf(called, null);
        const shown = await session.call(ctx, { code: SHOW_VALUE, keepBytes: VALUE_BYTES });
        return replyOf(called, shown.status === "ok" ? textOf(shown.stdout) : called.value);
      });
      if (reply.status === "ended") this.#view = null;
      return reply;
    } catch (error) {
      if (!SandlotError.is(error, "session_ended")) throw error;
      const { reason, detail } = error.context;
      if (!OWN_ENDS.has(reason)) throw lost(view, reason, detail, error);
      this.#view = null;
      return { status: "ended", value: null, error: null, limit: null, stdout: "", stderr: "" };
    }
  }

  async close(ctx: CallContext): Promise<void> {
    this.#closed = true;
    const view = this.#view;
    this.#view = null;
    if (view) await this.#service.sessions.close(ctx, view.id);
  }
}

function replyOf({ status, error, limit, stdout, stderr }: UsedSessionReply, value: string | null): ToolReply {
  const { name, message } = error ?? { name: "", message: "" };
  const said = { stdout: textOf(stdout), stderr: textOf(stderr) };
  return { status, value, error: error && { name, message }, limit, ...said };
}

function lost({ sandbox }: SessionView, reason: string, detail: string | null, cause: unknown): SandlotError {
  // What is known of a lost sandbox begins with the fault's own code.
  const fault = reason === "sandbox_lost" ? (detail ?? "").split(":", 1)[0] : null;
  const context = { cause: fault || "closed", detail: `a session was lost: ${reason}; ${detail ?? ""}` };
  return new SandlotError("sandbox_lost", { sandbox_id: sandbox.id, ...context }, { cause });
}
