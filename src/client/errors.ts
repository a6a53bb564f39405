import { ErrorBody } from "../contract/errors.ts";
import type { ErrorContext } from "../core/errors/contexts.ts";
import type { ErrorCode } from "../core/errors/codes.ts";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";

/** Characters of a foreign answer that an error quotes. */
const QUOTED = 300;

/** The server's error again, with its code and context; `internal` when the answer is not one of Sandlot's. */
export function errorOfAnswer(status: number, text: string, url: string): SandlotError {
  const body = ErrorBody.safeParse(jsonOrUndefined(text));
  if (!body.success) return foreignAnswer(url, `HTTP ${status}: ${text.slice(0, QUOTED)}`);
  return errorOfBody(body.data);
}

/** The error that a body tells of. */
export function errorOfBody({ error: { code, context } }: ErrorBody): SandlotError {
  return new SandlotError(code, context as unknown as ErrorContext<ErrorCode>);
}

/** The answer is not what the contract says: a proxy, another server, or another version. */
export function foreignAnswer(url: string, detail: string): SandlotError {
  return new SandlotError("internal", { detail: `${url} did not answer as Sandlot does: ${detail}` });
}

/** No answer came: the server is not there, or the connection broke. */
export function unreachable(url: string, error: unknown): SandlotError {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new SandlotError("server_unreachable", { url, detail: messageOf(reason) }, { cause: error });
}

/** Whether `error` is one that `unreachable` made. */
export function isUnreachable(error: SandlotError): boolean {
  return error.code === "server_unreachable";
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
