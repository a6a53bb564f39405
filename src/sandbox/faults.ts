import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { SessionEnd } from "./session.ts";

/** Why a sandbox, or a run in it, came to nothing. */
export const FAULT_CAUSES = [
  /** The sandbox was closed on our side. */
  "closed",
  /** Somebody killed it from outside through the engine. */
  "killed",
  /** The engine or provider went away. */
  "engine",
  /** The agent's lease was not renewed in time. */
  "lease_expired",
  /** The kernel ran out of the sandbox's memory. */
  "oom",
  /** The agent ended and nothing says why. */
  "agent_exit",
  /** The process that watches a run died. */
  "lane_lost",
  /** Nothing came back in time. */
  "stalled",
  /** What came back was not the protocol. */
  "protocol",
  /** A run could not be set up: not a byte of the candidate had run. */
  "setup",
] as const;
export type FaultCause = (typeof FAULT_CAUSES)[number];

/**
 * Whether a candidate could have brought this about. Such a fault is never simply forgiven: the run is repeated
 * alone in a fresh sandbox, and if it recurs there while a control program passes, it is the candidate's failure.
 */
const CANDIDATE_POSSIBLE: Readonly<Record<FaultCause, boolean>> = {
  closed: false,
  killed: false,
  engine: false,
  lease_expired: true,
  oom: true,
  agent_exit: true,
  lane_lost: true,
  stalled: true,
  protocol: true,
  setup: false,
};

/** How a sandbox ended. */
export interface SandboxEnd {
  readonly cause: FaultCause;
  readonly detail: string;
}

/** The coded error of a fault. */
export function sandboxFault(sandboxId: string, end: SandboxEnd): SandlotError {
  const detail = `${end.cause}: ${end.detail}`;
  if (end.cause === "stalled") return new SandlotError("sandbox_stalled", { sandbox_id: sandboxId, detail });
  if (end.cause === "protocol") return new SandlotError("sandbox_protocol", { sandbox_id: sandboxId, detail });
  return new SandlotError("sandbox_lost", { sandbox_id: sandboxId, cause: end.cause, detail: end.detail });
}

/** The cause of a fault, or null when `error` is not a fault of a running sandbox. */
export function faultCause(error: unknown): FaultCause | null {
  if (SandlotError.is(error, "sandbox_stalled")) return "stalled";
  if (SandlotError.is(error, "sandbox_protocol")) return "protocol";
  if (!SandlotError.is(error, "sandbox_lost")) return null;
  const { cause } = error.context;
  return FAULT_CAUSES.find((known) => known === cause) ?? "agent_exit";
}

/** Whether the candidate that met `error` could have caused it. */
export function candidateCouldCause(error: unknown): boolean {
  const cause = faultCause(error);
  return cause !== null && CANDIDATE_POSSIBLE[cause];
}

const DETAIL_LENGTH = 300;

/** The end of a session whose sandbox failed it. `cause`: the fault's own code. */
export function sandboxLost(cause: string, detail: string): SessionEnd {
  return { reason: "sandbox_lost", detail: `${cause}: ${detail.slice(0, DETAIL_LENGTH)}` };
}
