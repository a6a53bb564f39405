/** The limit that ended a run. */
export const LIMIT_NAMES = ["wall", "cpu", "memory", "output", "disk", "processes"] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/**
 * Why a session is over: somebody closed it, its program ended (`interrupted`: it would not heed an interrupt), it
 * exceeded a limit, nobody used it for too long, its lifetime is over, the server stops, or its sandbox went.
 */
export const SESSION_END_REASONS = [
  "closed",
  "exit",
  "interrupted",
  ...LIMIT_NAMES,
  "idle",
  "lifetime",
  "shutting_down",
  "sandbox_lost",
] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];
