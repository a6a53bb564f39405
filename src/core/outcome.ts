import type { SandlotError } from "./errors/sandlot-error.ts";

/** How a rollout ended: exactly one of these. The README and docs/architecture.md explain each in a line. */
export const OUTCOMES = [
  "scored",
  "truncated",
  "model_error",
  "sandbox_error",
  "resource_error",
  "verifier_error",
  "timed_out",
  "cancelled",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Requested = scored + truncated + masked, always: the class in which an outcome is counted. */
export type OutcomeClass = "scored" | "truncated" | "masked";

export const OUTCOME_CLASS: Readonly<Record<Outcome, OutcomeClass>> = {
  scored: "scored",
  truncated: "truncated",
  model_error: "masked",
  sandbox_error: "masked",
  resource_error: "masked",
  verifier_error: "masked",
  timed_out: "masked",
  cancelled: "masked",
};

/** Which of its own limits a truncated policy hit. */
export const TRUNCATIONS = ["length", "turns", "time", "tokens", "tool_calls", "content_filter"] as const;
export type Truncation = (typeof TRUNCATIONS)[number];

/** What a truncated rollout is worth to the job: scored when the environment can, masked, or a stated value. */
export type OnTruncated = "score" | "mask" | { readonly value: number };

/** The three fields that say what a trainer may learn from a rollout. */
export interface Judgement {
  readonly outcome: Outcome;
  /** Null unless a verifier spoke, or the job gave truncated rollouts a value. Finite when present. */
  readonly reward: number | null;
  /** True when the sample must not be trained on. */
  readonly masked: boolean;
  readonly truncated_by: Truncation | null;
}

/** A verified rollout. */
export function scored(reward: number): Judgement {
  return { outcome: "scored", reward: finite(reward), masked: false, truncated_by: null };
}

/** A rollout whose policy hit its own limit; `reward` is null when the environment did not score the partial work. */
export function truncated(by: Truncation, reward: number | null, on: OnTruncated): Judgement {
  if (typeof on === "object")
    return { outcome: "truncated", reward: finite(on.value), masked: false, truncated_by: by };
  const kept = on === "score" && reward !== null;
  return { outcome: "truncated", reward: kept ? finite(reward) : null, masked: !kept, truncated_by: by };
}

/** A rollout that infrastructure, not the policy, ended. It has no reward, and nothing can give it one. */
export function masked(outcome: Exclude<Outcome, "scored" | "truncated">): Judgement {
  return { outcome, reward: null, masked: true, truncated_by: null };
}

/** The outcome of an attempt that ended in `error`. */
export function outcomeOfError(error: SandlotError): Exclude<Outcome, "scored" | "truncated"> {
  switch (error.domain) {
    case "model":
      return "model_error";
    case "sandbox":
      return "sandbox_error";
    case "verifier":
      return "verifier_error";
    case "time":
      return "timed_out";
    case "cancel":
      return "cancelled";
    case "resource":
    case "request":
    case "internal":
      return "resource_error";
  }
}

function finite(reward: number): number {
  if (!Number.isFinite(reward)) throw new RangeError(`a reward must be finite, got ${reward}`);
  return reward;
}
