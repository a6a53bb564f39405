import type { ErrorCode } from "../../core/errors/codes.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ErrorAnswer } from "./served-dialect.ts";

/** What callers of the dialects are told of an error. */
export interface ToldError {
  readonly status: number;
  readonly message: string;
  /** The field that is at fault; null when there is none. */
  readonly param: string | null;
  /** OpenAI's word where it has one, else ours. */
  readonly code: string;
}

/**
 * Statuses that differ from our own API's. Clients of both vendors send 408, 409, 429 and every 5xx again by themselves: what is
 * wrong with the request must not be among these.
 */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  unknown_model: 404,
  model_rejected: 400,
  model_rate_limited: 429,
  cancelled: 400,
  lease_lost: 400,
};

/** Words that clients of OpenAI look for. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  unknown_model: "model_not_found",
  context_overflow: "context_length_exceeded",
  unauthorized: "invalid_api_key",
  model_rate_limited: "rate_limit_exceeded",
};

export function toldError(error: SandlotError): ToldError {
  const { code, context } = error;
  const field = "fields" in context ? context.fields[0]?.field : undefined;
  return {
    status: STATUSES[code] ?? error.status,
    message: messageOf(error),
    param: code === "unknown_model" ? "model" : field || null,
    code: WORDS[code] ?? code,
  };
}

/** An answer with this body. `x-should-retry` is what both vendors' clients go by before they look at the status. */
export function errorAnswer(error: SandlotError, body: unknown): ErrorAnswer {
  const { retry_after: wait } = error.context as { readonly retry_after?: unknown };
  return {
    status: toldError(error).status,
    headers: {
      "content-type": "application/json",
      "x-should-retry": String(error.retry === "backoff"),
      ...(typeof wait === "number" ? { "retry-after": String(Math.max(1, Math.ceil(wait))) } : {}),
    },
    body: JSON.stringify(body),
  };
}

/** What is ours to mend is not told: a harness inside a rollout may be hostile. */
function messageOf(error: SandlotError): string {
  if (error.code === "internal") return "The server failed; its log says why.";
  if (SandlotError.is(error, "unknown_model")) return `The model ${JSON.stringify(error.context.name)} does not exist.`;
  return error.message;
}
