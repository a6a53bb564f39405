import type { ErrorBody } from "../contract/errors.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Seconds after which it is worth while to ask again where nothing better is known: another process has taken over, a sandbox was made. */
const RETRY_SECONDS = 5;

/** The error as callers may see it, and the body that tells it. The message of one that is not coded is never seen. */
export function errorBody(error: unknown, requestId: string): { shown: SandlotError; body: ErrorBody } {
  const shown = shownError(error, requestId);
  return { shown, body: { error: { ...shown.report() }, request_id: requestId } };
}

/** Seconds for Retry-After: what the error says, and for every 503 that may pass by itself; null where it would say nothing. */
export function retryAfterOf(error: SandlotError): number | null {
  const { retry_after: asked } = error.context as { readonly retry_after?: unknown };
  if (typeof asked === "number") return Math.max(1, Math.ceil(asked));
  return error.status === 503 && error.retry === "backoff" ? RETRY_SECONDS : null;
}

function shownError(error: unknown, requestId: string): SandlotError {
  if (SandlotError.is(error) && error.code !== "internal") return error;
  // The router throws this for a path whose percent-encoding is broken.
  if (error instanceof URIError) {
    return new SandlotError("invalid_request", { fields: [{ field: "path", problem: "broken percent-encoding" }] });
  }
  return new SandlotError("internal", { detail: `the server's log says more under ${requestId}` });
}
