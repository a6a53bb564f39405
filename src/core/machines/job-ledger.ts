import type { Outcome } from "../outcome.ts";
import { type Tally, tallyOf } from "../tally.ts";
import { jobEnded, type JobState, nextJobState } from "./job.ts";
import { nextRolloutState, type RolloutState } from "./rollout.ts";

/**
 * A job and its rollouts as pure data: what the store must do, without a store. Property tests drive it with
 * arbitrary events, and the store is held against it.
 */
export interface JobLedger {
  readonly job: JobState;
  /** Whether more tasks may be added. */
  readonly accepting: boolean;
  /** Rollouts of each group, and scored ones that are enough. */
  readonly repeats: number;
  readonly wanted: number;
  /** Group by group. */
  readonly rollouts: readonly LedgerRollout[];
}

export interface LedgerRollout {
  readonly state: RolloutState;
  readonly outcome: Outcome | null;
  readonly attempts: number;
}

export interface LedgerShape {
  readonly tasks: number;
  readonly repeats?: number;
  /** Default: all. */
  readonly wanted?: number;
  readonly accepting?: boolean;
}

/**
 * - `cancel`: what is queued ends; `force`: what runs, too.
 * - `expire`: the job's deadline has come.
 */
export type LedgerEvent =
  | { readonly type: "claim"; readonly rollout: number }
  | { readonly type: "requeue"; readonly rollout: number }
  | { readonly type: "finish"; readonly rollout: number; readonly outcome: Outcome }
  | { readonly type: "add"; readonly tasks: number }
  | { readonly type: "cancel" | "force" | "expire" | "pause" | "resume" | "close" };

const fresh = (count: number): LedgerRollout[] =>
  Array.from({ length: count }, () => ({ state: "queued", outcome: null, attempts: 0 }));

export function newLedger({ tasks, repeats = 1, wanted = repeats, accepting = false }: LedgerShape): JobLedger {
  return drained({ job: "queued", accepting, repeats, wanted, rollouts: fresh(tasks * repeats) });
}

/** The ledger after `event`; refused events leave it unchanged. */
export function applyEvent(ledger: JobLedger, event: LedgerEvent): JobLedger {
  return drained(changed(ledger, event));
}

function changed(ledger: JobLedger, event: LedgerEvent): JobLedger {
  switch (event.type) {
    case "claim":
    case "requeue":
    case "finish":
      return withoutSurplus(moved(ledger, event), Math.floor(event.rollout / ledger.repeats));
    case "pause":
    case "resume": {
      const job = nextJobState(ledger.job, event.type);
      return job === "refused" ? ledger : { ...ledger, job };
    }
    case "close":
      return { ...ledger, accepting: false };
    case "add":
      if (!ledger.accepting) return ledger;
      return { ...ledger, rollouts: [...ledger.rollouts, ...fresh(event.tasks * ledger.repeats)] };
    case "cancel":
    case "force":
      return cancelled(ledger, event.type === "force");
    case "expire": {
      if (jobEnded(ledger.job) || ledger.job === "cancelling") return ledger;
      return ended({ ...ledger, accepting: false }, "timed_out", () => true);
    }
  }
}

function cancelled(ledger: JobLedger, isForced: boolean): JobLedger {
  const job = nextJobState(ledger.job, "cancel");
  if (job === "refused") return ledger;
  const ends = ({ state }: LedgerRollout) => isForced || nextRolloutState(state, "cancel") === "done";
  return ended({ ...ledger, job, accepting: false }, "cancelled", ends);
}

function moved(ledger: JobLedger, event: Extract<LedgerEvent, { rollout: number }>): JobLedger {
  const rollout = ledger.rollouts[event.rollout];
  if (!rollout) return ledger;
  const state = nextRolloutState(rollout.state, event.type);
  const job = event.type === "claim" ? nextJobState(ledger.job, "claim") : ledger.job;
  if (state === "refused" || job === "refused") return ledger;
  // A rollout of a job that is being cancelled has nowhere to be queued again.
  const requeuedIntoCancel = event.type === "requeue" && job === "cancelling";
  const after: LedgerRollout = requeuedIntoCancel
    ? { ...rollout, state: "done", outcome: "cancelled" }
    : {
        state,
        outcome: event.type === "finish" ? event.outcome : rollout.outcome,
        attempts: rollout.attempts + (event.type === "claim" ? 1 : 0),
      };
  return { ...ledger, job, rollouts: ledger.rollouts.with(event.rollout, after) };
}

/** What is open of a group that has enough ends as cancelled. */
function withoutSurplus(ledger: JobLedger, task: number): JobLedger {
  const { repeats, wanted } = ledger;
  const scored = groupOf(ledger, task).filter(({ outcome }) => outcome === "scored").length;
  if (wanted === repeats || scored < wanted) return ledger;
  return ended(ledger, "cancelled", (_, index) => Math.floor(index / repeats) === task);
}

function ended(
  ledger: JobLedger,
  outcome: Outcome,
  ends: (rollout: LedgerRollout, index: number) => boolean,
): JobLedger {
  const rollouts = ledger.rollouts.map((rollout, index): LedgerRollout => {
    return rollout.state !== "done" && ends(rollout, index) ? { ...rollout, state: "done", outcome } : rollout;
  });
  return { ...ledger, rollouts };
}

function drained(ledger: JobLedger): JobLedger {
  if (ledger.accepting || ledger.rollouts.some((r) => r.state !== "done")) return ledger;
  const job = nextJobState(ledger.job, "drain");
  return job === "refused" ? ledger : { ...ledger, job };
}

function groupOf({ rollouts, repeats }: JobLedger, task: number): readonly LedgerRollout[] {
  return rollouts.slice(task * repeats, (task + 1) * repeats);
}

/** Groups without an open rollout. */
export function completeGroups(ledger: JobLedger): number {
  const tasks = Array.from({ length: ledger.rollouts.length / ledger.repeats }, (_, task) => groupOf(ledger, task));
  return tasks.filter((group) => group.every(({ state }) => state === "done")).length;
}

/** The ledger's counts. */
export function ledgerTally(ledger: JobLedger): Tally {
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of ledger.rollouts) if (outcome) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const inState = (state: RolloutState) => ledger.rollouts.filter((r) => r.state === state).length;
  return tallyOf({ queued: inState("queued"), running: inState("running"), outcomes });
}
