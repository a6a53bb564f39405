import { type ErrorCode } from "../../core/errors/codes.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { Refusal, unprocessable, valueProblem } from "./refusal.ts";

/** What this server cannot do now and another time could. */
const BUSY: ReadonlySet<ErrorCode> = new Set([
  "queue_full",
  "overloaded",
  "quota_exceeded",
  "deadline_exceeded",
  "shutting_down",
  "sandbox_unavailable",
]);

/**
 * The refusal that an error is in this dialect; null for faults of ours. Being busy is 504 and nothing else: to 429 and 503
 * reward functions answer with a reward of 0.
 */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!SandlotError.is(error)) return null;
  if (BUSY.has(error.code)) return new Refusal(504, error.message);
  if (SandlotError.is(error, "invalid_json")) return new Refusal(400, "There was an error parsing the body");
  if (SandlotError.is(error, "invalid_request")) {
    return unprocessable(
      error.context.fields.map(({ field, problem }) => valueProblem(["body", ...field.split(".")], problem, null)),
    );
  }
  const isCallers = error.domain === "request" || error.code === "sandbox_unsupported";
  // Codes that name something in the body are this dialect's 422; the others (401, 403, 413 …) mean what they always mean.
  return isCallers ? new Refusal(error.status === 400 ? 422 : error.status, error.message) : null;
}

/** What callers are told of a fault of ours. */
export function faultMessage(error: unknown, requestId: string): string {
  if (SandlotError.is(error) && error.code !== "internal") return error.message;
  return `internal: the server's log says more under ${requestId}`;
}

/** Whether the client that asked has gone, so that nobody reads an answer. */
export function isGone(error: unknown): boolean {
  return SandlotError.is(error, "cancelled");
}
