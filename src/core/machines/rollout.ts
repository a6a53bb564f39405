import { next, type Transitions } from "./transitions.ts";

export const ROLLOUT_STATES = ["queued", "running", "done"] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/**
 * - `claim`: a worker takes the rollout under a lease and starts an attempt.
 * - `requeue`: the attempt ended without a deliverable result, or its lease ran out; another attempt follows.
 * - `finish`: the attempt's judgement is delivered.
 * - `cancel`: the job was cancelled; a running attempt finishes as cancelled by itself.
 */
export type RolloutEvent = "claim" | "requeue" | "finish" | "cancel";

export const ROLLOUT_TRANSITIONS: Transitions<RolloutState, RolloutEvent> = {
  queued: { claim: "running", requeue: "refused", finish: "refused", cancel: "done" },
  running: { claim: "refused", requeue: "queued", finish: "done", cancel: "running" },
  done: { claim: "refused", requeue: "refused", finish: "refused", cancel: "done" },
};

export const nextRolloutState = (state: RolloutState, event: RolloutEvent) => next(ROLLOUT_TRANSITIONS, state, event);
