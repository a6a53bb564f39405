import type { ErrorRequestHandler, Request } from "express";
import { errorBody, retryAfterOf } from "../error-body.ts";
import { stateOf } from "../request-state.ts";

/** Most bytes of a refused upload that are read and thrown away before the connection is cut. */
const LINGER_BYTES = 64 * 1024 * 1024;

/**
 * Turns every error into the error body. The request's log record carries it, stack included where it is ours, so
 * nothing is logged here; a caller never sees the message of an error that is not coded.
 */
export function answerErrors(): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    void next; // Express knows an error handler by its four parameters.
    const state = stateOf(res);
    const { shown, body } = errorBody(error, state.id);
    // What we answer as our own fault is logged as it was thrown.
    state.error = shown.code === "internal" ? error : shown;
    if (res.headersSent || res.destroyed) {
      res.destroy();
      return;
    }
    const retryAfter = retryAfterOf(shown);
    if (retryAfter !== null) res.setHeader("retry-after", String(retryAfter));
    if (!req.complete) drain(req);
    res.status(shown.status).json(body);
  };
}

/**
 * Reads on what a client still sends after it was refused: cut off at once, it would see a reset connection and not the
 * answer. Bounded in bytes here and in time by the server's requestTimeout.
 */
export function drain(req: Request): void {
  let bytes = 0;
  req.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) req.destroy();
  });
  req.on("error", () => undefined);
  req.resume();
}
