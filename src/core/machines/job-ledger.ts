import type { Outcome } from "../outcome.ts";
import { type Tally, tallyOf } from "../tally.ts";
import { type JobState, nextJobState } from "./job.ts";
import { nextRolloutState, type RolloutState } from "./rollout.ts";

/**
 * A job and its rollouts as pure data: what the store must do, without a store. Property tests drive it with
 * arbitrary events, and the store's conformance suite is held against it.
 */
export interface JobLedger {
  readonly job: JobState;
  readonly rollouts: readonly LedgerRollout[];
}

export interface LedgerRollout {
  readonly state: RolloutState;
  readonly outcome: Outcome | null;
  readonly attempts: number;
}

export type LedgerEvent =
  | { readonly type: "claim"; readonly rollout: number }
  | { readonly type: "requeue"; readonly rollout: number }
  | { readonly type: "finish"; readonly rollout: number; readonly outcome: Outcome }
  | { readonly type: "cancel" };

/** A new job of `requested` rollouts. */
export function newLedger(requested: number): JobLedger {
  return {
    job: "queued",
    rollouts: Array.from({ length: requested }, () => ({ state: "queued", outcome: null, attempts: 0 })),
  };
}

/** The ledger after `event`; refused events leave it unchanged. */
export function applyEvent(ledger: JobLedger, event: LedgerEvent): JobLedger {
  return drained(event.type === "cancel" ? cancelled(ledger) : moved(ledger, event));
}

function cancelled(ledger: JobLedger): JobLedger {
  const job = nextJobState(ledger.job, "cancel");
  if (job === "refused") return ledger;
  const rollouts = ledger.rollouts.map((rollout): LedgerRollout => {
    const state = nextRolloutState(rollout.state, "cancel");
    if (state === "refused" || state === rollout.state) return rollout;
    return { ...rollout, state, outcome: "cancelled" };
  });
  return { job, rollouts };
}

function moved(ledger: JobLedger, event: Exclude<LedgerEvent, { type: "cancel" }>): JobLedger {
  const rollout = ledger.rollouts[event.rollout];
  if (!rollout) return ledger;
  const state = nextRolloutState(rollout.state, event.type);
  const job = event.type === "claim" ? nextJobState(ledger.job, "claim") : ledger.job;
  if (state === "refused" || job === "refused") return ledger;
  // A rollout of a job that is being cancelled has nowhere to be queued again.
  const requeuedIntoCancel = event.type === "requeue" && job === "cancelling";
  const changed: LedgerRollout = requeuedIntoCancel
    ? { ...rollout, state: "done", outcome: "cancelled" }
    : {
        state,
        outcome: event.type === "finish" ? event.outcome : rollout.outcome,
        attempts: rollout.attempts + (event.type === "claim" ? 1 : 0),
      };
  return { job, rollouts: ledger.rollouts.with(event.rollout, changed) };
}

function drained(ledger: JobLedger): JobLedger {
  if (ledger.rollouts.some((r) => r.state !== "done")) return ledger;
  const job = nextJobState(ledger.job, "drain");
  return job === "refused" ? ledger : { ...ledger, job };
}

/** The ledger's counts. */
export function ledgerTally(ledger: JobLedger): Tally {
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of ledger.rollouts) if (outcome) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const inState = (state: RolloutState) => ledger.rollouts.filter((r) => r.state === state).length;
  return tallyOf({ queued: inState("queued"), running: inState("running"), outcomes });
}
