import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import { toldError } from "./errors.ts";

/** The body of an error as OpenAI's APIs and vLLM answer it. */
export function openAiError(error: SandlotError): { readonly error: OpenAiError } {
  const { status, message, param, code } = toldError(error);
  return {
    error: {
      message,
      type: TYPES.get(status) ?? (status < 500 ? "invalid_request_error" : "server_error"),
      param,
      code,
    },
  };
}

interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [429, "rate_limit_error"],
]);
