import { next, type Transitions } from "./transitions.ts";

export const ATTEMPT_PHASES = ["seeding", "acting", "verifying", "ended"] as const;
export type AttemptPhase = (typeof ATTEMPT_PHASES)[number];

/**
 * - `seeded`: the resource opened its session.
 * - `acted`: the agent came back with a trajectory.
 * - `end`: a judgement or an error stands.
 */
export type AttemptEvent = "seeded" | "acted" | "end";

export const ATTEMPT_TRANSITIONS: Transitions<AttemptPhase, AttemptEvent> = {
  seeding: { seeded: "acting", acted: "refused", end: "ended" },
  acting: { seeded: "refused", acted: "verifying", end: "ended" },
  verifying: { seeded: "refused", acted: "refused", end: "ended" },
  ended: { seeded: "refused", acted: "refused", end: "refused" },
};

export const nextAttemptPhase = (phase: AttemptPhase, event: AttemptEvent) => next(ATTEMPT_TRANSITIONS, phase, event);
