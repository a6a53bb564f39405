import type { ErrorCode, ErrorDomain } from "../core/errors/codes.ts";
import type { SandlotError } from "../core/errors/sandlot-error.ts";

/** What the process says to its caller. Released codes keep their meaning. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  masked: 3,
  infrastructure: 4,
  program: 5,
  interrupted: 130,
} as const;

/** The codes as the root help explains them. */
export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    the command failed, e.g. \`env check\` found problems
  2    usage or bad input
  3    finished, but some rollouts were masked
  4    infrastructure: sandbox provider, database or server cannot be used
  5    the program in the sandbox failed or did not compile; the answer that was verified is wrong
  130  interrupted`;

/** Codes of the internal domain that say what the machine lacks or is busy with, not that Sandlot is wrong. */
const INFRASTRUCTURE: ReadonlySet<ErrorCode> = new Set([
  "database_unavailable",
  "data_dir_locked",
  "overloaded",
  "queue_full",
  "quota_exceeded",
  "server_unreachable",
  "shutting_down",
]);

const BY_DOMAIN: Readonly<Record<ErrorDomain, number>> = {
  request: EXIT.usage,
  sandbox: EXIT.infrastructure,
  model: EXIT.infrastructure,
  time: EXIT.infrastructure,
  cancel: EXIT.interrupted,
  resource: EXIT.failed,
  verifier: EXIT.failed,
  internal: EXIT.failed,
};

/** The exit code of a command that ended in `error`. */
export function exitCodeOf(error: SandlotError): number {
  return INFRASTRUCTURE.has(error.code) ? EXIT.infrastructure : BY_DOMAIN[error.domain];
}
