import type { RunResult } from "../../../src/sandbox/index.ts";
import type { Expectation } from "../entry.ts";
import { and, typed } from "../expect.ts";

/** Processor time; on a loaded machine it takes its time to be used up. */
export const SHORT = { cpuMs: 400, wallMs: 40_000 };
/** For what waits and does not compute. */
export const BRIEF = { wallMs: 500 };

/** The run was ended by this of its time limits. */
export function endedBy(limit: RunResult["limit"]): Expectation {
  return and(typed("time_limit"), `limit ${limit}`, (result) => result.limit === limit);
}
