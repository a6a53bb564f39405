import { readdirSync, readFileSync } from "node:fs";
import { statusKiB } from "./machine.ts";

/** The kernel's tick of /proc/PID/stat. */
const TICK_MS = 10;

/** Processor time of a process and of its living descendants, milliseconds. */
export function cpuMs(pid: number): number {
  return family(pid).reduce((sum, one) => {
    const [, , , , , , , , , , , user = 0, system = 0] = statOf(one);
    return sum + (Number(user) + Number(system)) * TICK_MS;
  }, 0);
}

/** Resident memory of a process and of its living descendants, KiB. */
export function residentKiB(pid: number): number {
  return family(pid).reduce((sum, one) => sum + statusKiB(one, "VmRSS"), 0);
}

function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

/** The fields of /proc/PID/stat after the name, which may hold blanks; the first is the state. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
