import type { Clock } from "../core/clock.ts";
import { type CallContext, orAborted, throwIfEnded, withScope } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Says that the policy used up its own time. */
export const OVERRUN = Symbol("overrun");

/** The time a policy may spend on generation and tools. Milliseconds. */
export interface PolicyTime {
  /**
   * The value of `fn`, or `OVERRUN` when it is not there within the time left; what `fn` waits for a place is not counted
   * (`CallContext.pause`). The end of `ctx` itself is no overrun: its reason is thrown.
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
      const overrun = new AbortController();
      const timer = new WorkTimer(clock, left, () =>
        overrun.abort(new SandlotError("deadline_exceeded", { waiting_for: waitingFor })),
      );
      const outerPause = ctx.pause;
      const pause = () => {
        const [goOn, goOnOutside] = [timer.pause(), outerPause?.()];
        return () => {
          goOn();
          goOnOutside?.();
        };
      };
      try {
        const work = (scope: CallContext) => orAborted(scope, fn(scope));
        return await withScope({ ...ctx, pause }, { clock, until: overrun.signal }, work);
      } catch (error) {
        if (overrun.signal.aborted && !ctx.signal.aborted) return OVERRUN;
        throw error;
      } finally {
        timer.stop();
      }
    },
  };
}

/** Calls `expire` once when `ms` have passed without the pauses. */
class WorkTimer {
  readonly #clock: Clock;
  readonly #expire: () => void;
  #left: number;
  #startedAt = 0;
  #pauses = 0;
  #isStopped = false;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, ms: number, expire: () => void) {
    this.#clock = clock;
    this.#left = ms;
    this.#expire = expire;
    this.#run();
  }

  /** Pauses may overlap: the time goes on when the last has ended. */
  pause(): () => void {
    if (this.#pauses++ === 0) {
      this.#cancel();
      this.#left -= this.#clock.monotonic() - this.#startedAt;
    }
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#pauses === 0) this.#run();
    };
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #run(): void {
    if (this.#isStopped) return;
    this.#startedAt = this.#clock.monotonic();
    this.#cancel = this.#clock.after(Math.max(0, this.#left), this.#expire);
  }
}
