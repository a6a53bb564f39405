import type { CallContext } from "../../core/context.ts";
import type { Sandbox } from "../port.ts";

/** The right to use a sandbox until it is released. */
export interface SandboxLease {
  readonly sandbox: Sandbox;
  /** Whether nobody else uses it, before, beside or after. */
  readonly exclusive: boolean;
  /** Milliseconds until a sandbox was free, and from then until it was in hand: choosing, checking that it is well. */
  readonly queueMs: number;
  readonly claimMs: number;
  /** Both together. */
  readonly waitedMs: number;
  /** Gives it back; `discard` when it must not be used again, `proved` when it has just done its work. Idempotent. */
  release(options?: { discard?: boolean; proved?: boolean }): void;
}

export interface LeaseRequest {
  readonly exclusive: boolean;
  /** Longest wait for one to be free; then `deadline_exceeded`. Default: the pool's own patience. Milliseconds. */
  readonly maxWaitMs?: number | undefined;
}

/** Where leases of interchangeable sandboxes come from. */
export interface SandboxPool {
  /**
   * Gives a sandbox at once when one is ready, else waits for one. Throws `sandbox_unavailable` with the last failure when
   * the pool gets nowhere for too long, and what can never come right at once.
   */
  lease(ctx: CallContext, request: LeaseRequest): Promise<SandboxLease>;
}
