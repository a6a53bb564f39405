import type { Defence } from "./defence.ts";
import { FILES } from "./files.ts";
import { FILTER } from "./filter.ts";
import { NAMESPACES, PROCESSES, SCRATCH } from "./lanes.ts";
import { LIMITS, METERING } from "./limits.ts";

export type { Defence };

export const DEFENCES: readonly Defence[] = [
  ...FILTER,
  ...NAMESPACES,
  ...SCRATCH,
  ...LIMITS,
  ...METERING,
  ...PROCESSES,
  ...FILES,
];
