/** The limit that ended a run. */
export const LIMIT_NAMES = ["wall", "cpu", "memory", "output", "disk", "processes"] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/**
 * What is proved of a sandbox before the first one like it is handed out. `memory` and `processes` are those of one run,
 * `…_total` those of the sandbox as a whole, whatever its runs were promised.
 */
export const PROVED_LIMITS = [
  "wall",
  "cpu",
  "memory",
  "memory_total",
  "processes",
  "processes_total",
  "output",
  "file_size",
  "disk",
  "inodes",
  "open_files",
  "network",
  "root",
  "privileges",
  "seccomp",
] as const;
export type ProvedLimit = (typeof PROVED_LIMITS)[number];
