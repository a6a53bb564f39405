import type { ErrorRequestHandler, Request } from "express";
import type { ErrorBody } from "../../contract/errors.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { stateOf } from "../request-state.ts";

/** Most bytes of a refused upload that are read and thrown away before the connection is cut. */
const LINGER_BYTES = 64 * 1024 * 1024;
/** Seconds after which another process has probably taken over. */
const SHUTDOWN_RETRY_SECONDS = 5;

/**
 * Turns every error into the error body. The request's log record carries it, stack included where it is ours, so
 * nothing is logged here; a caller never sees the message of an error that is not coded.
 */
export function answerErrors(): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    void next; // Express knows an error handler by its four parameters.
    const state = stateOf(res);
    const shown = shownError(error, state.id);
    // What we answer as our own fault is logged as it was thrown.
    state.error = shown.code === "internal" ? error : shown;
    if (res.headersSent || res.destroyed) {
      res.destroy();
      return;
    }
    const retryAfter = retryAfterOf(shown);
    if (retryAfter !== null) res.setHeader("retry-after", String(retryAfter));
    if (!req.complete) drain(req);
    const body: ErrorBody = { error: { ...shown.report() }, request_id: state.id };
    res.status(shown.status).json(body);
  };
}

/** The error as callers may see it. */
function shownError(error: unknown, requestId: string): SandlotError {
  if (SandlotError.is(error) && error.code !== "internal") return error;
  // The router throws this for a path whose percent-encoding is broken.
  if (error instanceof URIError) {
    return new SandlotError("invalid_request", { fields: [{ field: "path", problem: "broken percent-encoding" }] });
  }
  return new SandlotError("internal", { detail: `the server's log says more under ${requestId}` });
}

function retryAfterOf(error: SandlotError): number | null {
  if (SandlotError.is(error, "overloaded")) return Math.max(1, Math.ceil(error.context.retry_after));
  return error.code === "shutting_down" ? SHUTDOWN_RETRY_SECONDS : null;
}

/**
 * Reads on what a client still sends after it was refused: cut off at once, it would see a reset connection and not the
 * answer. Bounded in bytes here and in time by the server's requestTimeout.
 */
function drain(req: Request): void {
  let bytes = 0;
  req.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) req.destroy();
  });
  req.on("error", () => undefined);
  req.resume();
}
