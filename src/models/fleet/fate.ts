import type { ErrorCode } from "../../core/errors/codes.ts";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { CallFault } from "../balancer/index.ts";
import type { Failed } from "../dialects/fault.ts";

/** What a failure says of the replica, and whether another one may be asked the same. */
export interface Fate {
  readonly fault: CallFault;
  /** Safe and perhaps of use: a generation has no effects but its cost. */
  readonly elsewhere: boolean;
}

const BROKEN: Fate = { fault: "server_error", elsewhere: true };
/** It says nothing of the replica's health. */
const EXCUSED: Fate = { fault: "neutral", elsewhere: true };

/**
 * Answers that are refusals of the request fail everywhere alike, and a time limit of ours would pass again; these may be the
 * replica's own.
 */
const FATES: Partial<Record<ErrorCode, Fate>> = {
  model_unreachable: BROKEN,
  model_server_error: BROKEN,
  model_bad_response: BROKEN,
  model_not_found: BROKEN,
  model_rate_limited: EXCUSED,
  model_aborted: EXCUSED,
};

export function fateOf(failed: Failed): Fate {
  if (failed.unsent === true) return { fault: "connect_failed", elsewhere: true };
  if (isRaced(failed)) return EXCUSED;
  return FATES[failed.error.code] ?? { fault: "neutral", elsewhere: false };
}

/** Whether the connection was gone before the call could have come through. */
export function isRaced({ error, repeatable, unsent = false }: Failed): boolean {
  return error.code === "model_unreachable" && repeatable && !unsent;
}

/** Whether the replica has not begun the call: it is full, or asks for patience. */
export function isDeferred({ error }: Failed): boolean {
  return error.code === "model_rate_limited" || statusOf(error) === 503;
}

/** Whether the engine itself fell over the call. What stands before it, or a full queue, says 502, 503 or 504. */
export function isEngineFailure({ error, unsent = false }: Failed): boolean {
  return error.code === "model_server_error" && statusOf(error) === 500 && !unsent;
}

function statusOf({ context }: SandlotError): number | undefined {
  return "status" in context ? context.status : undefined;
}
