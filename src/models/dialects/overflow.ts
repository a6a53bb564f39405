import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { readErrorBody } from "./error-body.ts";
import type { ModelCall } from "../port.ts";
import type { AnswerSettings } from "./served-dialect.ts";

/**
 * Whether a call ended before it began because its prompt does not fit: the endpoint said nothing and counted nothing. An
 * answer that was cut by length has an item, or at least usage.
 */
export function isContextOverflow(call: ModelCall): boolean {
  return call.truncatedBy === "length" && call.items.length === 0 && call.usage === null;
}

/** Throws `context_overflow` with the endpoint's own words, unless an empty answer is wanted. */
export function refuseOverflow(call: ModelCall, settings: AnswerSettings): void {
  if (settings.overflow === "empty_answer" || !isContextOverflow(call)) return;
  throw new SandlotError("context_overflow", { detail: readErrorBody(call.response).message });
}
