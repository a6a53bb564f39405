import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { timed } from "./measure.ts";

/** The kernel's tick of /proc/stat. */
const TICK_MS = 10;
/** What work leaves to be done behind it (a container's removal, the next lane) belongs to it. */
const AFTERWARDS_MS = 150;
const IDLE_MS = 500;

/** What all processors of the machine have worked since it started: user, nice, system, irq and softirq; neither idle nor stolen time. */
export function busyMs(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) * TICK_MS;
}

/** Busy milliseconds per millisecond of the machine as it is now; ask while nothing is measured. */
export async function idleRate(): Promise<number> {
  await sleep(AFTERWARDS_MS);
  const before = busyMs();
  const wallMs = await timed(() => sleep(IDLE_MS));
  const rate = (busyMs() - before) / wallMs;
  busiest = Math.max(busiest, rate / availableParallelism());
  return rate;
}

let busiest = 0;

/** The largest share of all processors that was busy when nothing was measured. */
export function busiestIdle(): number {
  return busiest;
}

/** Wall time of a piece of work, and the processor time of the whole machine beyond an idle one's, in milliseconds. */
export async function accounted(
  work: () => Promise<unknown>,
  idle?: number,
): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const baseline = idle ?? (await idleRate());
  const before = busyMs();
  const wallMs = await timed(work);
  const restMs = await timed(() => sleep(AFTERWARDS_MS));
  return { wallMs, cpuMs: Math.max(0, busyMs() - before - baseline * (wallMs + restMs)) };
}

/** Calls one after another: how long each took, and what they cost the whole machine. Made of blocks, so that several can take turns. */
export class Series {
  readonly times: number[] = [];
  #cpuMs = 0;

  /** Processor time of one call, in milliseconds. */
  get cpuMs(): number {
    return this.#cpuMs / this.times.length;
  }

  /** `idle` is of just before; measured when it is not given. */
  async block(count: number, work: () => unknown, idle?: number): Promise<this> {
    const calls = async () => {
      for (let i = 0; i < count; i++) this.times.push(await timed(work));
    };
    this.#cpuMs += (await accounted(calls, idle)).cpuMs;
    return this;
  }
}
