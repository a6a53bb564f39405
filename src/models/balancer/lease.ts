import type { CallFault, CallUsage } from "./call.ts";
import type { Reason } from "./policies/policy.ts";

/** How a lease ends; once. */
export type LeaseEnd =
  | { readonly kind: "answered"; readonly usage: CallUsage | null }
  | { readonly kind: "failed"; readonly fault: CallFault };

export interface LeaseFacts {
  readonly replica: string;
  readonly reason: Reason;
  /** On the clock's `monotonic()`. */
  readonly grantedAt: number;
  /** What the replica generates with as the call begins, where somebody has said so. */
  readonly weightVersion: string | null;
  readonly onEnd: (end: LeaseEnd) => string | null;
}

/**
 * The right to send one call to one replica. Its owner ends it exactly once, in a `finally`; what comes later counts
 * for nothing.
 */
export class Lease implements Omit<LeaseFacts, "onEnd"> {
  readonly kind = "lease";
  readonly replica: string;
  readonly reason: Reason;
  readonly grantedAt: number;
  readonly weightVersion: string | null;
  readonly #onEnd: (end: LeaseEnd) => string | null;
  #isEnded = false;
  #isRevoked = false;
  #isUpdated = false;
  #onRevoked: (() => void) | null = null;

  constructor({ replica, reason, grantedAt, weightVersion, onEnd }: LeaseFacts) {
    this.replica = replica;
    this.reason = reason;
    this.grantedAt = grantedAt;
    this.weightVersion = weightVersion;
    this.#onEnd = onEnd;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** True once the replica is known to be dead: the call will not be answered. The owner still ends the lease. */
  get isRevoked(): boolean {
    return this.#isRevoked;
  }

  /** True once a weight update has ended under the call: what it generates may be of two versions. */
  get isUpdated(): boolean {
    return this.#isUpdated;
  }

  /** Called at most once, when the replica dies: abort the call, end the lease, acquire another. Must not throw. */
  onRevoked(listener: () => void): void {
    this.#onRevoked = listener;
    if (this.#isRevoked) listener();
  }

  /** The call was answered; `usage` as the engine counted it, null where it did not. Answers the weight version then. */
  release(usage: CallUsage | null): string | null {
    return this.#end({ kind: "answered", usage });
  }

  /** The call brought no answer. */
  fail(fault: CallFault): void {
    this.#end({ kind: "failed", fault });
  }

  /** For the balancer. */
  revoke(): void {
    if (this.#isRevoked || this.#isEnded) return;
    this.#isRevoked = true;
    this.#onRevoked?.();
  }

  /** For the balancer. */
  updated(): void {
    this.#isUpdated = true;
  }

  #end(end: LeaseEnd): string | null {
    if (this.#isEnded) return null;
    this.#isEnded = true;
    this.#onRevoked = null;
    return this.#onEnd(end);
  }
}
