import type { z } from "zod";
import type { ErrorCode } from "../../core/errors/codes.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** The codes of the model domain. */
type ModelErrorCode = Extract<ErrorCode, `model_${string}`>;

interface FaultDetails {
  /** HTTP status of the endpoint's answer. */
  readonly status?: number;
  /** Seconds the endpoint asked us to wait. */
  readonly retryAfter?: number | null;
  readonly unsent?: boolean;
  readonly cause?: unknown;
}

/** Makes an error of the model domain. The detail is cut to 500 characters and never contains the API key. */
export type Fault = (code: ModelErrorCode, detail: string, more?: FaultDetails) => SandlotError;

const MAX_DETAIL = 500;

/** The error maker of one client. The key is cut out before the detail is shortened, so that no part of it is left. */
export function faultsOf(model: string, apiKey: string | undefined): Fault {
  return (code, detail, more = {}) => {
    const safe = apiKey ? detail.replaceAll(apiKey, "[API key]") : detail;
    const context = {
      model,
      detail: safe.length > MAX_DETAIL ? `${safe.slice(0, MAX_DETAIL - 1)}…` : safe,
      ...(more.status === undefined ? {} : { status: more.status }),
      ...(typeof more.retryAfter === "number" ? { retry_after: more.retryAfter } : {}),
      ...(more.unsent === true ? { unsent: true as const } : {}),
    };
    return new SandlotError(code, context, more.cause === undefined ? undefined : { cause: more.cause });
  };
}

/** The first thing that is wrong with an answer's shape, e.g. `choices: expected array, received undefined`. */
export function shapeProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join(".") || "the body"}: ${issue.message}` : "the body has another shape";
}

/** A try that brought no answer. */
export interface Failed {
  readonly kind: "failed";
  readonly error: SandlotError;
  /** Whether sending the same request again is safe and may help. */
  readonly repeatable: boolean;
  /** Not begun: there was no connection, or a server that is shut down takes no more calls. Default false. */
  readonly unsent?: boolean;
}
