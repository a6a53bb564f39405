import type { SandboxSpec } from "../../sandbox/index.ts";

/** What a sandbox gives to each of its runs: few kinds, so that sandboxes are shared by many. */
export interface ResourceClass extends Pick<SandboxSpec, "memoryBytes" | "scratchBytes" | "processes" | "slots"> {
  readonly name: string;
}

const MIB = 1 << 20;
const CLASSES = [
  { name: "small", memoryBytes: 256 * MIB, scratchBytes: 64 * MIB, processes: 64 },
  { name: "medium", memoryBytes: 1024 * MIB, scratchBytes: 256 * MIB, processes: 256 },
  { name: "large", memoryBytes: 4096 * MIB, scratchBytes: 1024 * MIB, processes: 1024 },
] as const;

/**
 * The classes that a machine with `machineBytes` of memory can keep, the smallest first: a sandbox may take half of it
 * and has fewer slots where they would come to more.
 */
export function resourceClasses(slots: number, machineBytes: number): ResourceClass[] {
  return CLASSES.flatMap((kind) => {
    const fitting = Math.floor(machineBytes / 2 / (kind.memoryBytes + kind.scratchBytes));
    return fitting < 1 ? [] : [{ ...kind, slots: Math.min(slots, fitting) }];
  });
}

export type Needs = Pick<SandboxSpec, "memoryBytes" | "scratchBytes" | "processes">;

/** The smallest class that covers all of it; null when none does. */
export function smallestClass(classes: readonly ResourceClass[], needs: Needs): ResourceClass | null {
  for (const kind of classes) {
    const covers =
      kind.memoryBytes >= needs.memoryBytes &&
      kind.scratchBytes >= needs.scratchBytes &&
      kind.processes >= needs.processes;
    if (covers) return kind;
  }
  return null;
}
