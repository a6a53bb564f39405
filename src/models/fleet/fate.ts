import type { ErrorCode } from "../../core/errors/codes.ts";
import type { CallFault } from "../balancer/index.ts";
import type { Failed } from "../dialects/fault.ts";

/** What a failure says of the replica, and whether another one may be asked the same. */
export interface Fate {
  readonly fault: CallFault;
  /** Safe and perhaps of use: a generation has no effects but its cost. */
  readonly elsewhere: boolean;
}

const BROKEN: Fate = { fault: "server_error", elsewhere: true };
const BUSY: Fate = { fault: "neutral", elsewhere: true };

/**
 * Answers that are refusals of the request fail everywhere alike, and a time limit of ours would pass again; these may be the
 * replica's own.
 */
const FATES: Partial<Record<ErrorCode, Fate>> = {
  model_unreachable: BROKEN,
  model_server_error: BROKEN,
  model_bad_response: BROKEN,
  model_not_found: BROKEN,
  model_rate_limited: BUSY,
  model_aborted: BUSY,
};

export function fateOf({ error, unsent = false }: Failed): Fate {
  if (unsent) return { fault: "connect_failed", elsewhere: true };
  return FATES[error.code] ?? { fault: "neutral", elsewhere: false };
}
