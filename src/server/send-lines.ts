import type { Response } from "express";
import type { Clock } from "../core/clock.ts";
import { type CallContext, orAborted } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { drained } from "./drained.ts";

/** Milliseconds a client may leave a full connection unread before it is cut; it goes on with a cursor. */
const STALL_MS = 60_000;

export interface SendLinesOptions {
  readonly res: Response;
  readonly ctx: CallContext;
  /** Without their ends. */
  readonly lines: AsyncIterable<string>;
  readonly clock: Clock;
}

/**
 * Sends lines until they end. The next one is taken only when the connection has room. What breaks them off breaks the
 * connection off, so that nobody takes a part for the whole; answers that error.
 */
export async function sendLines({ res, ctx, lines, clock }: SendLinesOptions): Promise<SandlotError | null> {
  res.status(200);
  res.setHeader("content-type", "application/x-ndjson; charset=utf-8");
  // nginx holds lines back otherwise.
  res.setHeader("x-accel-buffering", "no");
  res.flushHeaders();
  const iterator = lines[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await orAborted(ctx, iterator.next());
      if (step.done) break;
      if (!res.write(`${step.value}\n`)) await drained(ctx, res, clock, STALL_MS);
    }
    res.end();
    return null;
  } catch (error) {
    // What was written goes out where the client reads it; the end that it waits for does not.
    if (res.writableNeedDrain) res.destroy();
    else res.socket?.destroySoon();
    return SandlotError.from(error);
  } finally {
    // Not awaited: a source that sits in a wait of its own answers only after it.
    iterator.return?.().catch(() => undefined);
  }
}
