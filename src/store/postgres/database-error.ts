import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { storageFull } from "../space/storage-full.ts";

/** Errors of the socket: refused, missing, broken or unanswered. */
const SOCKET_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EACCES",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/**
 * SQLSTATEs of a server that cannot serve us now: connection (08), credentials (28), missing database (3D000),
 * resources (53), shutting down or starting (57P), statement timeout (57014), input and output (58); or that gave up this
 * transaction for another's sake (40), or only reads for now (25006).
 */
const UNAVAILABLE_STATES = /^(08...|25006|28...|3D000|40...|53...|57P..|57014|58...)$/;

/** What the driver says, without a code, of a connection that ended or could not be had in time. */
const LOST =
  /connection terminated|connection ended|not queryable|timeout exceeded when trying to connect|client was closed/i;

/** SQLSTATE of a server that has no space left. */
const DISK_FULL = "53100";

/**
 * `database_unavailable` when the database could not be reached or went away, `storage_full` when it has no space, else
 * `internal`; the cause is kept.
 */
export function databaseError(error: unknown): SandlotError {
  if (SandlotError.is(error)) return error;
  const code = codeOf(error);
  const message = messageOf(error);
  if (code === DISK_FULL) return storageFull(`the database: ${message}`, error);
  const unavailable = SOCKET_ERRORS.has(code) || UNAVAILABLE_STATES.test(code) || LOST.test(message);
  if (!unavailable) return SandlotError.from(error);
  return new SandlotError("database_unavailable", { detail: message }, { cause: error });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== "") ?? "";
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
