import { errors } from "undici";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import type { Failed, Fault } from "../dialects/fault.ts";

/**
 * What a broken exchange means. Sending again is safe when nothing was sent yet (no connection), and when a
 * kept-alive connection was closed under the request; anything else may have cost a generation, and the rollout's
 * own retry decides.
 */
export function transportFailure(error: unknown, lostReused: boolean, fault: Fault): Failed {
  const code = codeOf(error);
  const detail = `${code && !messageOf(error).includes(code) ? `${code} ` : ""}${messageOf(error)}`;
  const kind = isMalformed(error, code) ? "model_bad_response" : "model_unreachable";
  const unsent = neverConnected(error);
  const repeatable = kind === "model_unreachable" && (lostReused || unsent);
  return { kind: "failed", error: fault(kind, detail, { unsent, cause: error }), repeatable, unsent };
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

/** Answers that are not HTTP, or larger than the cap. An early end of the stream is a lost connection instead. */
function isMalformed(error: unknown, code: string): boolean {
  if (error instanceof errors.HTTPParserError) return !error.message.includes("EOF");
  return ["UND_ERR_HEADERS_OVERFLOW", "UND_ERR_RES_EXCEEDED_MAX_SIZE"].includes(code);
}

function neverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  if (codeOf(error) === "UND_ERR_CONNECT_TIMEOUT") return true;
  const { syscall } = (error ?? {}) as { syscall?: unknown };
  return syscall === "connect" || syscall === "getaddrinfo";
}
