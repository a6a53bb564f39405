import type { RunLimits, RunRequest, RunResult } from "../../sandbox/index.ts";

/** Share of its wall limit that a program must have waited for a processor before its time-out is in doubt. */
const STARVED_SHARE = 0.15;
/** And the least: a limit below what scheduling takes anyway is the caller's own. Milliseconds. */
const STARVED_MS = 20;
/** Alone, a program gets this multiple of its wall limit: processor time is what it is allowed, and that stays. */
const PATIENCE = 4;

/** Why a result beside others may be their doing and not the program's; null when there is no such doubt. */
export function doubtOf(result: RunResult, limits: RunLimits): string | null {
  if (result.tests) {
    const doubt = doubtOf(result.tests, limits);
    if (doubt !== null) return `its tests: ${doubt}`;
  }
  if (result.oomNearby) return "memory ran out beside others";
  if (result.unexplainedKill) return "killed beside others without a limit being hit";
  if (result.limit === "wall" && result.starvedMs > Math.max(STARVED_MS, STARVED_SHARE * limits.wallMs))
    return "timed out waiting for a processor";
  return null;
}

/** Whether the program failed, whoever's doing it was. */
export function hasFailed({ limit, exit, tests }: RunResult): boolean {
  // What tests call is ended with them.
  if (tests) return limit !== null || hasFailed(tests);
  return limit !== null || !("code" in exit) || exit.code !== 0;
}

/** Beside a run's wall limit: setting up, killing, collecting, and noticing that nothing comes. Milliseconds. */
export const RUN_OVERHEAD_MS = 10_000;

/** What a try needs at least beside its wall limit: a sandbox of its own, killing, the way back. Milliseconds. */
const LEAST_OVERHEAD_MS = 2_000;
/** Below it no program shows anything. Milliseconds. */
const LEAST_WALL_MS = 500;

/** Whether the `leftMs` before the caller's deadline allow another try, be it a shorter one. */
export function hasTimeToRepeat(leftMs: number): boolean {
  return leftMs >= LEAST_OVERHEAD_MS + LEAST_WALL_MS;
}

/**
 * The measure is the program, not the machine: who is repeated for others' sake is not timed out for others' sake, as far
 * as the `leftMs` before the caller's deadline go. Where they do not go so far as its own limit, it gets what there is: who
 * could hold out until the deadline would have bought an error.
 */
export function patient(limits: RunLimits, leftMs: number): RunLimits {
  const generous = Math.min(PATIENCE * limits.wallMs, Math.floor(leftMs - RUN_OVERHEAD_MS));
  const hurried = Math.min(limits.wallMs, Math.max(LEAST_WALL_MS, Math.floor(leftMs - LEAST_OVERHEAD_MS)));
  return { ...limits, wallMs: Math.max(generous, hurried) };
}

const CONTROL_WALL_MS = 10_000;
const CONTROL_CPU_MS = 5_000;
const CONTROL_OUTPUT_BYTES = 1024;
/** Longest life of a control program: who ends sandboxes by the clock meets it within this. Milliseconds. */
const CONTROL_LASTS_MS = 1_000;

/**
 * A program that passes in every healthy sandbox, whatever its image: it runs on the toolbox's own interpreter. It lives as
 * long as the candidate did, within bounds, so that what ends sandboxes at random or after a time ends it as well. Only
 * health is asked for, so neither the time and output limits of a modest candidate nor its files go with it.
 */
export function controlRequest(limits: RunLimits, tookMs: number): RunRequest {
  const wallMs = Math.max(limits.wallMs, CONTROL_WALL_MS);
  const cpuMs = Math.max(limits.cpuMs, CONTROL_CPU_MS);
  const outputBytes = Math.max(limits.outputBytes, CONTROL_OUTPUT_BYTES);
  const seconds = Math.min(tookMs, CONTROL_LASTS_MS) / 1000;
  const source = `import time\ntime.sleep(${seconds.toFixed(3)})\nprint(sum(range(1000)))`;
  return { program: { interpreter: "plain", source }, limits: { ...limits, wallMs, cpuMs, outputBytes } };
}
