import type { LimitName } from "../contract/sandbox-limits.ts";
import type { CapturedOutput, RunResult } from "./run.ts";

const LAST_BYTES = 4096;

/** What runtimes say last when the kernel refuses them more of something. */
const WORDS: readonly (readonly [LimitName, RegExp])[] = [
  ["memory", /^MemoryError\b|\bstd::bad_alloc\b|\bOutOfMemoryError\b|^fatal error: .*out of memory|heap out of memory/],
  ["memory", /\bCannot allocate memory\b|^memory allocation of \d+ bytes failed/],
  ["disk", /\bNo space left on device\b|\bFile too large\b|\bDisk quota exceeded\b/],
  [
    "processes",
    /\bcan't start new thread\b|\bunable to create native thread\b|\bCannot fork\b|\bfork: .*unavailable\b/,
  ],
  ["processes", /^BlockingIOError: \[Errno 11\] Resource temporarily unavailable/],
];
/** The line before the last of a traceback, when a process could not be made. */
const FORKS = /\bfork\b/;

/**
 * The limit that ended a run, or the one that explains why the program gave up by itself: then its own last words say
 * it, which it may have made up. They only name the kind of a failure that stands anyway.
 */
export function explainedLimit({ limit, exit, stderr }: RunResult): LimitName | null {
  if (limit || ("code" in exit && exit.code === 0)) return limit;
  const lines = lastLines(stderr);
  const forks = lines.some((line) => FORKS.test(line));
  for (const [name, words] of WORDS) {
    if (lines.some((line) => words.test(line) && (!line.startsWith("BlockingIOError") || forks))) return name;
  }
  return null;
}

/** The last lines of a stream that are not blank, the last one at the end; at most 4 KiB. */
export function lastLines({ head, tail }: CapturedOutput): string[] {
  const whole = tail.length < LAST_BYTES ? Buffer.concat([head.subarray(-LAST_BYTES), tail]) : Buffer.from(tail);
  const lines = whole.subarray(-LAST_BYTES).toString("utf8").split("\n");
  return lines.filter((line) => line.trim() !== "");
}
