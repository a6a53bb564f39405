import { SESSION_END_REASONS } from "../../contract/sessions.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { SessionView } from "../../execution/index.ts";
import { candidateCouldCause } from "../../sandbox/index.ts";

/** How a session came to be gone while it was wanted. */
export interface SessionLoss {
  /**
   * `own`: its program has ended it, or exceeded a limit. `doubtful`: a fault that its program could have caused, or
   * somebody beside it. `machine`: nobody in a sandbox could have caused it. `stopping`: this process ends.
   */
  readonly cause: "own" | "doubtful" | "machine" | "stopping";
  /** The error of the sandbox domain that it is when nobody is to blame. */
  readonly fault: SandlotError;
  /** It had its sandbox to itself. */
  readonly alone: boolean;
}

const NOT_OWN: ReadonlySet<string> = new Set(["closed", "idle", "lifetime", "shutting_down", "sandbox_lost"]);
const OWN: ReadonlySet<string> = new Set(SESSION_END_REASONS.filter((reason) => !NOT_OWN.has(reason)));
/** Who takes his time could have caused these. */
const TIME: ReadonlySet<string> = new Set(["idle", "lifetime"]);

/** Null when `error` does not say that the session is gone. */
export function lossOf({ sandbox, isolation }: SessionView, error: unknown): SessionLoss | null {
  if (!SandlotError.is(error, "session_ended")) return null;
  const { reason, detail } = error.context;
  // What is known of a lost sandbox begins with the fault's own code.
  const code = reason === "sandbox_lost" ? (detail ?? "").split(":", 1)[0] : null;
  const context = { cause: code || "closed", detail: `a session was lost: ${reason}; ${detail ?? ""}` };
  const alone = isolation === "container";
  const fault = new SandlotError("sandbox_lost", { sandbox_id: sandbox.id, ...context }, { cause: error });
  if (OWN.has(reason)) return { cause: "own", fault, alone };
  if (reason === "shutting_down") return { cause: "stopping", fault, alone };
  return { cause: TIME.has(reason) || candidateCouldCause(fault) ? "doubtful" : "machine", fault, alone };
}
