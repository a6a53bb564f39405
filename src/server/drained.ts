import type { Writable } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";

/**
 * Resolves when `stream` has room again. Rejects with the context's reason when that ends first (a client that goes away
 * ends it), and with `deadline_exceeded` after `stallMs`.
 */
export function drained(ctx: CallContext, stream: Writable, clock: Clock, stallMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      cancelTimer();
      stream.off("drain", onDrain);
      ctx.signal.removeEventListener("abort", onAbort);
      if (error) reject(error);
      else resolve();
    };
    const onDrain = () => settle();
    const onAbort = () => settle(ctx.signal.reason as Error);
    const cancelTimer = clock.after(stallMs, () => {
      settle(new SandlotError("deadline_exceeded", { waiting_for: "the client to read its events" }));
    });
    stream.once("drain", onDrain);
    ctx.signal.addEventListener("abort", onAbort, { once: true });
    if (ctx.signal.aborted) onAbort();
    else if (!stream.writableNeedDrain) onDrain();
  });
}
