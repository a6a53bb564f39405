import type { ErrorBody } from "../contract/errors.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Seconds after which another process has probably taken over. */
const SHUTDOWN_RETRY_SECONDS = 5;

/** The error as callers may see it, and the body that tells it. The message of one that is not coded is never seen. */
export function errorBody(error: unknown, requestId: string): { shown: SandlotError; body: ErrorBody } {
  const shown = shownError(error, requestId);
  return { shown, body: { error: { ...shown.report() }, request_id: requestId } };
}

/** Seconds for Retry-After; null when nothing is known. */
export function retryAfterOf(error: SandlotError): number | null {
  if (SandlotError.is(error, "overloaded") || SandlotError.is(error, "queue_full")) {
    return Math.max(1, Math.ceil(error.context.retry_after));
  }
  return error.code === "shutting_down" ? SHUTDOWN_RETRY_SECONDS : null;
}

function shownError(error: unknown, requestId: string): SandlotError {
  if (SandlotError.is(error) && error.code !== "internal") return error;
  // The router throws this for a path whose percent-encoding is broken.
  if (error instanceof URIError) {
    return new SandlotError("invalid_request", { fields: [{ field: "path", problem: "broken percent-encoding" }] });
  }
  return new SandlotError("internal", { detail: `the server's log says more under ${requestId}` });
}
