import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { SandboxLease, SandboxPool } from "../../sandbox/index.ts";

/** Milliseconds in front of a run; neither is part of the other. */
export interface LeaseWait {
  readonly queueMs: number;
  readonly claimMs: number;
}

export function sumOfWaits(a: LeaseWait, b: LeaseWait): LeaseWait {
  return { queueMs: a.queueMs + b.queueMs, claimMs: a.claimMs + b.claimMs };
}

export interface LeaseSource {
  readonly pool: SandboxPool;
  readonly clock: Clock;
  /** Why there are no sandboxes, as far as it is known; null when they are only in use. */
  readonly failure?: () => string | null;
}

const RETRY_AFTER_SECONDS = 1;

/**
 * A lease. When there is none within `maxWaitMs`, `sandbox_unavailable` with the reason why none could be made, else
 * `queue_full`; without a bound, the pool's own patience holds.
 */
export async function leaseWithin(
  ctx: CallContext,
  { pool, failure }: LeaseSource,
  exclusive: boolean,
  maxWaitMs: number | undefined,
): Promise<SandboxLease> {
  try {
    return await pool.lease(ctx, { exclusive, maxWaitMs });
  } catch (error) {
    const waitedInVain = maxWaitMs !== undefined && SandlotError.is(error, "deadline_exceeded") && !ctx.signal.aborted;
    if (!waitedInVain) throw error;
    const detail = failure?.() ?? null;
    if (detail !== null) throw new SandlotError("sandbox_unavailable", { pool: "execution", detail }, { cause: error });
    throw new SandlotError("queue_full", { resource: "sandboxes", retry_after: RETRY_AFTER_SECONDS }, { cause: error });
  }
}
