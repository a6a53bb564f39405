import type { RunLimits } from "../../sandbox/index.ts";

const MIB = 1024 * 1024;
/** Longest time limit; requests ask for infinity. */
const MAX_SECONDS = 3600;
/** What "no limit" is: what veRL asks for, so that both are served from the same sandboxes. */
const NO_LIMIT_MIB = 1024;
/** Below it there is no room for any program, and above it for any machine. */
const MIN_MEMORY_MIB = 4;
const MAX_MEMORY_MIB = 1024 * 1024;
/** What this dialect does not limit, and we do: as much as the sandboxes for so much memory give. */
const ROOMY = { outputBytes: 64 * MIB, processes: 256, diskBytes: 128 * MIB, openFiles: 1024 };
/** Kept of each output stream of a single run. */
export const KEEP_BYTES = 4 * MIB;

/** Bounds of the wait for a slot. Clients count it as the program's time, but veRL allows 10 s beside the limits. */
const QUEUE_MS = { min: 5_000, max: 8_000, unused: 10_000 };
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

type ProgramLimits = Omit<RunLimits, "cpuMs">;

/** Limits of a program. A memory limit of 0 or less is none, for which we take a roomy one. */
export function runLimits(seconds: number, memoryMib = 0): ProgramLimits {
  return { ...ROOMY, wallMs: milliseconds(seconds), memoryBytes: memoryBytes(memoryMib) };
}

/** Limits of a compiler: its memory is the image's matter. */
export function compileLimits(seconds: number): Partial<RunLimits> {
  return { wallMs: milliseconds(seconds) };
}

/** Limits of a session whose cells have so many seconds together; `wallMs` is 0 when that is none. */
export function cellLimits(seconds: number, memoryMib: number): ProgramLimits {
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
 * Longest wait for a slot in milliseconds; with a compiler that has nothing to do, its time is there as well. After it the
 * answer is 504, the one refusal that all clients of this dialect send again.
 */
export function queueMs({ compile, run }: Timeouts, compiles: boolean): number {
  const own = Math.min(Math.max(milliseconds(run), QUEUE_MS.min), QUEUE_MS.max);
  return compiles ? own : own + Math.min(milliseconds(compile), QUEUE_MS.unused);
}

/** Milliseconds from the request to the latest useful answer, when `rounds` runs follow one another. */
export function answerMs(timeouts: Timeouts, rounds = 1): number {
  return QUEUE_MS.max + milliseconds(timeouts.compile) + rounds * (milliseconds(timeouts.run) + SLACK_MS);
}

function milliseconds(seconds: number): number {
  return Math.ceil(1000 * Math.min(Math.max(seconds, 0.001), MAX_SECONDS));
}
