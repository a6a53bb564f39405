import type { Failed } from "../dialects/fault.ts";

const BASE_MS = 500;
const MAX_MS = 8_000;

export interface RetrySituation {
  /** Tries made so far, the failed one included. */
  readonly tries: number;
  /** Further tries allowed in all. */
  readonly retries: number;
  /** Milliseconds until the context's deadline; `Infinity` when it has none. */
  readonly remainingMs: number;
  /** Longest wait worth making at an endpoint's request. */
  readonly maxWaitMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Milliseconds to wait before the request is sent again, or null when the failure stands. The endpoint's
 * Retry-After is a lower bound; a wait that does not end before the deadline is not begun.
 */
export function retryWait(failed: Failed, situation: RetrySituation): number | null {
  if (!failed.repeatable || failed.error.retry === "never" || situation.tries > situation.retries) return null;
  const backoff = Math.min(MAX_MS, BASE_MS * 2 ** (situation.tries - 1)) * (0.5 + situation.random / 2);
  const { retry_after: asked } = failed.error.context as { retry_after?: number };
  const wait = Math.round(Math.max(backoff, (asked ?? 0) * 1000));
  return wait < situation.remainingMs && wait <= Math.max(situation.maxWaitMs, MAX_MS) ? wait : null;
}
