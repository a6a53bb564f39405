import { next, type Transitions } from "./transitions.ts";

export const JOB_STATES = ["queued", "running", "paused", "cancelling", "completed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/**
 * - `claim`: one of its rollouts was claimed.
 * - `pause`: nothing of it is claimed until `resume`; what runs goes on.
 * - `cancel`: somebody asked for its end.
 * - `drain`: its last open rollout is done, and it takes no more tasks.
 */
export type JobEvent = "claim" | "pause" | "resume" | "cancel" | "drain";

export const JOB_TRANSITIONS: Transitions<JobState, JobEvent> = {
  queued: { claim: "running", pause: "paused", resume: "queued", cancel: "cancelling", drain: "completed" },
  running: { claim: "running", pause: "paused", resume: "running", cancel: "cancelling", drain: "completed" },
  paused: { claim: "refused", pause: "paused", resume: "running", cancel: "cancelling", drain: "completed" },
  cancelling: { claim: "refused", pause: "refused", resume: "refused", cancel: "cancelling", drain: "cancelled" },
  completed: { claim: "refused", pause: "refused", resume: "refused", cancel: "refused", drain: "refused" },
  cancelled: { claim: "refused", pause: "refused", resume: "refused", cancel: "refused", drain: "refused" },
};

export const nextJobState = (state: JobState, event: JobEvent) => next(JOB_TRANSITIONS, state, event);

/** Whether the job will never change again. */
export function jobEnded(state: JobState): boolean {
  return state === "completed" || state === "cancelled";
}
