import type { CallContext } from "../../core/context.ts";
import { throwIfEnded } from "../../core/context.ts";
import { faultCause, type SandboxLease, type SandboxSession, type SessionRequest } from "../../sandbox/index.ts";
import { leaseWithin, type LeaseSource } from "../attribution/index.ts";

/** A session and the place it has. */
export interface OpenedSession {
  readonly session: SandboxSession;
  readonly lease: SandboxLease;
  readonly queueMs: number;
  readonly claimMs: number;
  readonly setupMs: number;
}

/** Sandboxes in which a session is tried to be opened. Nothing of the candidate has run yet, so no fault is its own. */
const TRIES = 3;

/** Opens a session in a sandbox of the pool; the last try gets a sandbox that nobody else is in. */
export async function openIn(
  ctx: CallContext,
  source: LeaseSource,
  request: SessionRequest,
  { exclusive, maxWaitMs }: { readonly exclusive: boolean; readonly maxWaitMs: number },
): Promise<OpenedSession> {
  for (let tries = 1; ; tries++) {
    const lease = await leaseWithin(ctx, source, exclusive || tries === TRIES, maxWaitMs);
    const startedAt = source.clock.monotonic();
    try {
      const session = await lease.sandbox.openSession(ctx, request);
      const { queueMs, claimMs } = lease;
      return { session, lease, queueMs, claimMs, setupMs: source.clock.monotonic() - startedAt };
    } catch (error) {
      const isFault = faultCause(error) !== null;
      lease.release({ discard: isFault });
      throwIfEnded(ctx);
      if (!isFault || tries === TRIES) throw error;
    }
  }
}
