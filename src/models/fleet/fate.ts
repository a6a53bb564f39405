import type { CallFault } from "../balancer/index.ts";
import type { Failed } from "../dialects/fault.ts";

/** What a failure says of the replica, and whether another one may be asked the same. */
export interface Fate {
  readonly fault: CallFault;
  /** Safe and perhaps of use: a generation has no effects but its cost. */
  readonly elsewhere: boolean;
}

/**
 * Answers that are refusals of the request fail everywhere alike; a time limit of ours would pass again. All others may be
 * the replica's own.
 */
export function fateOf({ error, unsent = false }: Failed): Fate {
  switch (error.code) {
    case "model_unreachable":
      return { fault: unsent ? "connect_failed" : "server_error", elsewhere: true };
    case "model_server_error":
    case "model_bad_response":
    case "model_not_found":
      return { fault: "server_error", elsewhere: true };
    case "model_rate_limited":
    case "model_aborted":
      return { fault: "neutral", elsewhere: true };
    default:
      return { fault: "neutral", elsewhere: false };
  }
}
