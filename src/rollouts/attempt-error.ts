import type { AttemptError } from "../contract/rollouts.ts";
import type { SandlotError } from "../core/errors/sandlot-error.ts";

/** An error as ledgers and answers show it. */
export function attemptError(error: SandlotError): AttemptError {
  const { code, message, context, hint } = error.report();
  return { code, message, context, hint };
}
