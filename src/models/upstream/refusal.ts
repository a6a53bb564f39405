import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import { type ErrorBody, isOverflow, readErrorBody } from "../dialects/error-body.ts";
import type { Failed, Fault } from "../dialects/fault.ts";

/** What an answer that is no success means. */
export type Refusal =
  | Failed
  /** The prompt does not fit the model any more. */
  | { readonly kind: "overflow" }
  /** The endpoint does not know the path. */
  | { readonly kind: "no_route"; readonly error: SandlotError };

/** Statuses after which the same request may succeed at once or soon. */
const REPEATABLE: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** What a vLLM that drains after SIGTERM says to new calls, with status 500, while its `/health` is still 200. */
const SHUT_DOWN = /cannot schedule new futures after (?:interpreter )?shutdown/;

/** Reads a status outside 200…299. `retryAfter` in seconds. */
export function readRefusal(status: number, text: string, retryAfter: number | null, fault: Fault): Refusal {
  const said = readErrorBody(text);
  const failed = (code: Parameters<Fault>[0], detail = said.message): Failed => ({
    kind: "failed",
    error: fault(code, detail, { status, retryAfter }),
    repeatable: REPEATABLE.has(status),
  });
  if (status < 400) return failed("model_bad_response", `unexpected status ${status}: ${said.message}`);
  if (status === 401 || status === 403) return failed("model_auth");
  if (status === 408 || status === 429) return failed("model_rate_limited");
  if (isModelUnknown(status, said)) return failed("model_not_found");
  if (isNoRoute(status, said)) {
    const detail = `the endpoint has no such route (${status}): ${said.message}`;
    return { kind: "no_route", error: fault("model_bad_response", detail, { status }) };
  }
  if (status >= 500) return { ...failed("model_server_error"), unsent: SHUT_DOWN.test(said.message) };
  return isOverflow(said) ? { kind: "overflow" } : failed("model_rejected");
}

/** A 404 that names a field or a reason comes from a route that exists. */
function isNoRoute(status: number, said: ErrorBody): boolean {
  return status === 405 || status === 501 || (status === 404 && said.code === null && said.param === null);
}

function isModelUnknown(status: number, said: ErrorBody): boolean {
  if (status !== 404 && status !== 400) return false;
  if (said.code === "model_not_found") return true;
  if (status === 400) return false;
  return said.param === "model" || /\bmodel\b.*(?:does not exist|not found|not exist|unknown)/is.test(said.message);
}
