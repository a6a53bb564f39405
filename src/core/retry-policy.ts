import type { SandlotError } from "./errors/sandlot-error.ts";
import type { Outcome } from "./outcome.ts";

/** Outcomes after which another attempt may be made. */
export const RETRIED_OUTCOMES = [
  "model_error",
  "sandbox_error",
  "resource_error",
  "verifier_error",
  "timed_out",
] as const satisfies Outcome[];

/** Attempts in all, the first included, per outcome that may be retried. */
export type RetryAttempts = Readonly<Partial<Record<Outcome, number>>>;

/** Attempts a rollout gets per outcome before it is delivered masked, and the waits between them. */
export interface RetryPolicy {
  readonly attempts: RetryAttempts;
  /** Wait before the second attempt; doubles each time. Milliseconds. */
  readonly baseDelayMs: number;
  /** Longest wait. Milliseconds. */
  readonly maxDelayMs: number;
}

/** The environment's own code gets one more try (design: "retry once"), infrastructure several. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: { model_error: 6, sandbox_error: 6, resource_error: 2, verifier_error: 3, timed_out: 3 },
  baseDelayMs: 500,
  maxDelayMs: 15_000,
};

/**
 * Milliseconds to wait before another attempt, or null when the rollout is delivered as it is. `attempt` counts
 * from 1; `random` in [0, 1) spreads the retries of rollouts that failed together.
 */
export function retryDelay(
  policy: RetryPolicy,
  outcome: Outcome,
  error: SandlotError | null,
  attempt: number,
  random: number,
): number | null {
  if (attempt >= (policy.attempts[outcome] ?? 1)) return null;
  if (error?.retry === "never") return null;
  const delay = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return Math.round(delay * (0.5 + random / 2));
}
