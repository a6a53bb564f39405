import type { Response } from "express";
import type { Clock } from "../core/clock.ts";
import { type CallContext, orAborted } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { drained } from "./drained.ts";
import { errorBody } from "./error-body.ts";
import { stateOf } from "./request-state.ts";
import type { StreamEvent } from "./route-types.ts";

/** Milliseconds between heartbeat comments: below the idle limit of common proxies. */
export const HEARTBEAT_MS = 15_000;
/** Milliseconds a client may leave a full connection unread before it is cut; it resumes with Last-Event-ID. */
const STALL_MS = 60_000;
/** Milliseconds after which a browser's EventSource connects again. */
const RECONNECT_MS = 2000;

export interface SendEventsOptions {
  res: Response;
  /** Ends the stream when it ends: with `shutting_down` after a last comment, otherwise at once. */
  ctx: CallContext;
  events: AsyncIterable<StreamEvent>;
  /** Whether an error ends the stream with an event `error`; otherwise a comment names its code. Default false. */
  tellsErrors?: boolean;
  clock: Clock;
  /** Default 15 s. */
  heartbeatMs?: number;
}

/**
 * Sends events until they end, the context ends or the client goes away. The next event is taken only when the
 * connection has room, so one event per stream is held at most. Answers the error that broke the stream, if one did:
 * the client sees a stream without its last event.
 */
export async function sendEvents(options: SendEventsOptions): Promise<SandlotError | null> {
  const { res, ctx, clock } = options;
  openStream(res);
  const stopHeartbeat = heartbeat(res, clock, options.heartbeatMs ?? HEARTBEAT_MS);
  const iterator = options.events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await orAborted(ctx, iterator.next());
      if (step.done) break;
      if (!res.write(eventText(step.value))) await drained(ctx, res, clock, STALL_MS);
    }
    res.end();
    return null;
  } catch (error) {
    const coded = SandlotError.from(error);
    if (coded.code === "deadline_exceeded" && res.writableNeedDrain) res.destroy();
    else if (!res.destroyed) res.end(options.tellsErrors ? errorEvent(res, error) : errorComment(coded));
    return coded;
  } finally {
    stopHeartbeat();
    // Not awaited: a source that sits in a wait of its own answers only after it.
    iterator.return?.().catch(() => undefined);
  }
}

function errorComment({ code }: SandlotError): string {
  return code === "shutting_down" ? ": the server is stopping\n\n" : `: ${code}\n\n`;
}

function errorEvent(res: Response, error: unknown): string {
  return eventText({ event: "error", data: errorBody(error, stateOf(res).id).body });
}

function openStream(res: Response): void {
  res.status(200);
  res.setHeader("content-type", "text/event-stream; charset=utf-8");
  // nginx holds events back otherwise.
  res.setHeader("x-accel-buffering", "no");
  res.flushHeaders();
  res.write(`retry: ${RECONNECT_MS}\n\n`);
}

function eventText({ id, event, data }: StreamEvent): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function heartbeat(res: Response, clock: Clock, everyMs: number): () => void {
  let cancel = () => undefined as void;
  const arm = () => {
    cancel = clock.after(everyMs, () => {
      // A connection that is full needs no sign of life, and must not be filled further.
      if (!res.writableNeedDrain) res.write(": heartbeat\n\n");
      arm();
    });
  };
  arm();
  return () => cancel();
}
