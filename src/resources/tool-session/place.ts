import { type Clock, sleep } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { OpenSessionRequest, SessionService, SessionView } from "../../execution/index.ts";

export interface ToolSessions {
  readonly sessions: SessionService;
  readonly clock: Clock;
  /** Longest life of a session. Milliseconds. */
  readonly maxLifetimeMs: number;
}

export type ToolSessionRequest = Pick<OpenSessionRequest, "language" | "image" | "runtime" | "limits">;

const RETRY_MS = 2_000;

/**
 * Opens a session in a slot, or `alone` in a sandbox of its own. Waits for a place until the deadline of `ctx`: a refusal
 * would only be tried again.
 */
export async function openPlace(
  ctx: CallContext,
  { sessions, clock, maxLifetimeMs }: ToolSessions,
  request: ToolSessionRequest,
  alone: boolean,
): Promise<SessionView> {
  for (;;) {
    const leftMs = Math.max(1, ctx.deadline - clock.now());
    const lifetimeMs = Math.min(leftMs, maxLifetimeMs);
    try {
      const times = { idleMs: lifetimeMs, lifetimeMs, maxQueueMs: leftMs };
      return await sessions.open(ctx, { ...request, ...times, isolation: alone ? "container" : "slot" });
    } catch (error) {
      const isFull = ["queue_full", "overloaded", "quota_exceeded"].includes(SandlotError.from(error).code);
      if (!isFull) throw error;
      await sleep(clock, RETRY_MS, ctx.signal);
    }
  }
}
