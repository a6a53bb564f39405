import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** An endpoint that has too much to do at the moment: the call was not begun. */
export function isModelRefusal(error: unknown): boolean {
  return SandlotError.is(error, "model_rate_limited") || SandlotError.is(error, "model_overloaded");
}

/** The platform's own queues of programs and sessions are full: nothing was begun. */
export function isSandboxRefusal(error: unknown): boolean {
  return SandlotError.is(error, "overloaded") || SandlotError.is(error, "queue_full");
}

/** What stands before an endpoint says these of one that is down. */
const GATEWAY_STATUSES = new Set<unknown>([502, 503, 504]);

/** Nobody there to answer. */
export function isModelDown(error: unknown): boolean {
  if (SandlotError.is(error, "model_unreachable") || SandlotError.is(error, "model_unavailable")) return true;
  return SandlotError.is(error, "model_server_error") && GATEWAY_STATUSES.has(error.context.status);
}

/** Whether it can't have been the call that took the endpoint down. */
export function isInnocent(error: unknown): boolean {
  if (SandlotError.is(error, "model_unavailable")) return true;
  return SandlotError.is(error, "model_unreachable") && error.context.unsent === true;
}
