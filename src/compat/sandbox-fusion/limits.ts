import type { RunLimits } from "../../sandbox/index.ts";

const MIB = 1024 * 1024;
/** Longest time limit; requests ask for infinity. */
const MAX_SECONDS = 3600;
/** What "no limit" is: what veRL asks for, so that both are served from the same sandboxes. */
const NO_LIMIT_MIB = 1024;
/** Below it there is no room for any program, and above it for any machine. */
const MIN_MEMORY_MIB = 4;
const MAX_MEMORY_MIB = 1024 * 1024;
/** Processor time per time on the clock: all cores of a program that uses several, and a bound when it is run again alone. */
const CORES = 4;
/** Output that ends a program. */
const OUTPUT_BYTES = 64 * MIB;
/** Kept of each output stream of a single run. */
export const KEEP_BYTES = 4 * MIB;

/** Bounds of the wait for a slot. Clients count it as the program's time, but veRL allows 10 s beside the limits. */
const QUEUE_MS = { min: 5_000, max: 8_000 };
/** What an answer may take beside waiting, compiling and running: a claim, a repetition elsewhere, the way back. */
const SLACK_MS = 1_500;

/** The time limits of a request, in seconds. */
export interface Timeouts {
  readonly compile: number;
  readonly run: number;
}

/** Whether a limit leaves no time at all. */
export function isSpent(seconds: number): boolean {
  return seconds <= 0;
}

/** Limits of a program. A memory limit of 0 or less is none, for which we take a roomy one. */
export function runLimits(
  seconds: number,
  memoryMib = 0,
): Pick<RunLimits, "wallMs" | "cpuMs" | "memoryBytes" | "outputBytes"> {
  const wallMs = milliseconds(seconds);
  return { wallMs, cpuMs: CORES * wallMs, memoryBytes: memoryBytes(memoryMib), outputBytes: OUTPUT_BYTES };
}

/** Limits of a compiler: its memory is the image's matter. */
export function compileLimits(seconds: number): Partial<RunLimits> {
  const wallMs = milliseconds(seconds);
  return { wallMs, cpuMs: CORES * wallMs };
}

/** Limits of a session whose cells have so many seconds together; `wallMs` is 0 when that is none. */
export function cellLimits(seconds: number, memoryMib: number): ReturnType<typeof runLimits> {
  const limits = runLimits(seconds, memoryMib);
  return isSpent(seconds) ? { ...limits, wallMs: 0 } : limits;
}

/** Longest wait for a session, in milliseconds; then 504. */
export const SESSION_OPEN_MS = 15_000;

function memoryBytes(mib: number): number {
  if (mib <= 0) return NO_LIMIT_MIB * MIB;
  return Math.min(Math.max(mib, MIN_MEMORY_MIB), MAX_MEMORY_MIB) * MIB;
}

/**
 * Longest wait for a slot in milliseconds. After it the answer is 504, the one refusal that all clients of this dialect
 * send again.
 */
export function queueMs({ run }: Timeouts): number {
  return Math.min(Math.max(milliseconds(run), QUEUE_MS.min), QUEUE_MS.max);
}

/** Milliseconds from the request to the latest useful answer, when `rounds` runs follow one another. */
export function answerMs(timeouts: Timeouts, rounds = 1): number {
  return QUEUE_MS.max + milliseconds(timeouts.compile) + rounds * (milliseconds(timeouts.run) + SLACK_MS);
}

function milliseconds(seconds: number): number {
  return Math.ceil(1000 * Math.min(Math.max(seconds, 0.001), MAX_SECONDS));
}
