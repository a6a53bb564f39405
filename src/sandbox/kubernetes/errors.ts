import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";

/** HTTP status of an API server's refusal, or null when it was not reached. */
export function clusterStatus(error: unknown): number | null {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof code === "number") return code;
  return typeof statusCode === "number" ? statusCode : null;
}

/** The API server's own sentence; what the client library makes of it includes every header. */
function sentenceOf(error: unknown): string {
  const { body } = (error ?? {}) as { body?: unknown };
  const status = typeof body === "string" ? parse(body) : body;
  const message = (status as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : messageOf(error).slice(0, 500);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A pod like this will not do, whenever it is tried: of runtimes, policies, limit ranges and admission webhooks. */
const NEVER_ADMITTED =
  /RuntimeClass .*not found|violates PodSecurity|(minimum|maximum) \S+ usage per (Container|Pod)|denied (the )?request/;

/** The cluster is full, as far as it is ours: it is worth trying again when something has ended. */
export function noRoom(detail: string, cause?: unknown): SandlotError {
  const context = { pool: "kubernetes", detail: `the cluster has no room: ${detail}` };
  return new SandlotError("sandbox_unavailable", context, { cause });
}

/** The coded error of a failed call. */
export function clusterError(error: unknown): SandlotError {
  if (SandlotError.is(error)) return error;
  const status = clusterStatus(error);
  const detail = sentenceOf(error);
  // Much that is refused with 403 is no matter of rights.
  if (status === 403 && detail.includes("exceeded quota")) return noRoom(detail, error);
  if (status === 400 || status === 422 || (status === 403 && NEVER_ADMITTED.test(detail)))
    return new SandlotError("sandbox_unsupported", { detail: `the cluster refuses it: ${detail}` }, { cause: error });
  if (status === null || status === 401 || status === 403 || status === 404)
    return new SandlotError("provider_unavailable", { provider: "kubernetes", detail }, { cause: error });
  return new SandlotError(
    "sandbox_create_failed",
    { detail: `the API server answered ${status}: ${detail}` },
    { cause: error },
  );
}

/** Whether the namespace's pod security standard refused a pod. */
export function isPolicyRefusal(error: unknown): boolean {
  return clusterStatus(error) === 403 && sentenceOf(error).includes("violates PodSecurity");
}

/** Null for what is not there. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (clusterStatus(error) === 404) return null;
    throw error;
  }
}
