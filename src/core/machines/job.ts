import { next, type Transitions } from "./transitions.ts";

export const JOB_STATES = ["queued", "running", "cancelling", "completed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/**
 * - `claim`: one of its rollouts was claimed.
 * - `cancel`: somebody asked for its end.
 * - `drain`: its last open rollout is done.
 */
export type JobEvent = "claim" | "cancel" | "drain";

export const JOB_TRANSITIONS: Transitions<JobState, JobEvent> = {
  queued: { claim: "running", cancel: "cancelling", drain: "completed" },
  running: { claim: "running", cancel: "cancelling", drain: "completed" },
  cancelling: { claim: "refused", cancel: "cancelling", drain: "cancelled" },
  completed: { claim: "refused", cancel: "refused", drain: "refused" },
  cancelled: { claim: "refused", cancel: "refused", drain: "refused" },
};

export const nextJobState = (state: JobState, event: JobEvent) => next(JOB_TRANSITIONS, state, event);

/** Whether the job will never change again. */
export function jobEnded(state: JobState): boolean {
  return state === "completed" || state === "cancelled";
}
