import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** An endpoint that has too much to do at the moment: the call was not begun. */
export function isModelRefusal(error: unknown): boolean {
  return SandlotError.is(error, "model_rate_limited") || SandlotError.is(error, "model_overloaded");
}

/** The platform's own queues of programs and sessions are full: nothing was begun. */
export function isSandboxRefusal(error: unknown): boolean {
  return SandlotError.is(error, "overloaded") || SandlotError.is(error, "queue_full");
}
