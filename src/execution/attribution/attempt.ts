import type { CallContext } from "../../core/context.ts";
import { faultCause, type RunLimits, type RunRequest, type RunResult, type Sandbox } from "../../sandbox/index.ts";
import { patient } from "./doubt.ts";
import { type LeaseSource, type LeaseWait, leaseWithin } from "./lease.ts";

/** A program that is not trusted, and how to run it. */
export interface Candidate {
  readonly limits: RunLimits;
  /** The request as the sandbox that is to run it takes it: held bytes belong to one sandbox. */
  prepare(ctx: CallContext, sandbox: Sandbox, place: Place): RunRequest | Promise<RunRequest>;
}

export interface Place {
  /** Nobody runs beside it, and nothing after it. */
  readonly alone: boolean;
  /** Tries before this one. */
  readonly tries: number;
  /** Limits to run it with. */
  readonly limits: RunLimits;
}

/** One try, and what came of it. */
export type Attempt = {
  /** Whether it was to be alone; `exclusive`: whether it was. */
  readonly alone: boolean;
  readonly exclusive: boolean;
  readonly waited: LeaseWait;
  readonly sandbox: Sandbox;
  /** From handing it over until the answer or the fault. Milliseconds. */
  readonly tookMs: number;
  /** It got less than its own wall limit, for want of time before the caller's deadline. */
  readonly hurried: boolean;
} & ({ readonly result: RunResult; readonly fault: null } | { readonly result: null; readonly fault: unknown });

export interface AttemptOptions {
  readonly alone: boolean;
  readonly tries: number;
  /** Longest wait for the sandbox; then `queue_full`. Default: the pool's own. Milliseconds. */
  readonly maxWaitMs?: number | undefined;
}

/** Runs the candidate once. Faults of the sandbox are answers; everything else is thrown. */
export async function attempt(
  ctx: CallContext,
  source: LeaseSource,
  candidate: Candidate,
  { alone, tries, maxWaitMs }: AttemptOptions,
): Promise<Attempt> {
  const lease = await leaseWithin(ctx, source, alone, maxWaitMs);
  const { sandbox, exclusive } = lease;
  const startedAt = source.clock.monotonic();
  const limits = alone ? patient(candidate.limits, ctx.deadline - source.clock.now()) : candidate.limits;
  const hurried = limits.wallMs < candidate.limits.wallMs;
  const waited = { queueMs: lease.queueMs, claimMs: lease.claimMs };
  const facts = () => ({ alone, exclusive, waited, sandbox, hurried, tookMs: source.clock.monotonic() - startedAt });
  try {
    const prepared = candidate.prepare(ctx, sandbox, { alone: exclusive, tries, limits });
    const request = prepared instanceof Promise ? await prepared : prepared;
    const result = await sandbox.run(ctx, request);
    lease.release({ proved: true });
    return { ...facts(), result, fault: null };
  } catch (fault) {
    // After a cancelled run the sandbox is well; after a fault it must not be used again.
    const faulty = faultCause(fault) !== null;
    lease.release({ discard: faulty });
    if (!faulty) throw fault;
    return { ...facts(), result: null, fault };
  }
}
