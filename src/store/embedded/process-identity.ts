import { readFile } from "node:fs/promises";

/** A process as no other process is: its number, and when it started. Numbers come round again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot, as /proc shows them; null where there is no /proc. */
  readonly startTime: string | null;
}

/** The identity of a process; null when there is no such process. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  if (!exists(pid)) return null;
  return { pid, startTime: await startTime(pid) };
}

/** Whether this very process still runs. */
export async function lives(known: ProcessIdentity): Promise<boolean> {
  // 0 and negative numbers are process groups to kill(2).
  if (known.pid <= 0) return false;
  const now = await identify(known.pid);
  if (!now) return false;
  return now.startTime === null || known.startTime === null || now.startTime === known.startTime;
}

/** Whether a process has this number. A zombie has it until its parent looks. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function startTime(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold anything; field 22 is the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[19] ?? null;
  } catch {
    return null;
  }
}
