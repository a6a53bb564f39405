import type { Clock } from "../core/clock.ts";
import { type CallContext, orAborted, throwIfEnded, withScope } from "../core/context.ts";

/** Says that the policy used up its own time. */
export const OVERRUN = Symbol("overrun");

/** The time a policy may spend on generation and tools. Milliseconds. */
export interface PolicyTime {
  /**
   * The value of `fn`, or `OVERRUN` when it is not there within the time left. The end of `ctx` itself is no
   * overrun: its reason is thrown.
   */
  within<T>(ctx: CallContext, waitingFor: string, fn: (ctx: CallContext) => Promise<T>): Promise<T | typeof OVERRUN>;
  /** Counts time as the policy's. */
  spend(ms: number): void;
}

/** A budget of `totalMs`. What is not spent explicitly is not counted, such as waits for a retry. */
export function createPolicyTime(clock: Clock, totalMs: number): PolicyTime {
  let left = totalMs;
  return {
    spend: (ms) => {
      left -= ms;
    },
    within: async (ctx, waitingFor, fn) => {
      throwIfEnded(ctx);
      if (left <= 0) return OVERRUN;
      const ownLimit = clock.now() + left < ctx.deadline;
      let overrun = false;
      try {
        return await withScope(ctx, { timeoutMs: left, clock, waitingFor }, async (scope) => {
          try {
            return await orAborted(scope, fn(scope));
          } finally {
            overrun = ownLimit && scope.signal.aborted && !ctx.signal.aborted;
          }
        });
      } catch (error) {
        if (overrun) return OVERRUN;
        throw error;
      }
    },
  };
}
