import { SandlotError } from "../core/errors/sandlot-error.ts";

/**
 * Which isolation the slots of a sandbox have (docs/sandbox.md): A, namespaces and a user of their own; B, namespaces
 * of their own under one user; C, one run per sandbox.
 */
export const SANDBOX_MODES = ["A", "B", "C"] as const;
export type SandboxMode = (typeof SANDBOX_MODES)[number];

/** What a sandbox is. Two equal specifications are interchangeable: the pool key is made of all fields. */
export interface SandboxSpec {
  readonly tenant: string;
  /** The resource whose pool it belongs to. */
  readonly resource: string;
  /** A folder of `sandboxes/`, e.g. `python`: in one process it stands for one digest, that of its first reading. */
  readonly image: string;
  /** Processor time the sandbox may use at once, in cores. */
  readonly cpus: number;
  /** Runs at once. Each has `memoryBytes` and `scratchBytes` of its own, and the sandbox's limits cover them all. */
  readonly slots: number;
  /** Memory of one run. */
  readonly memoryBytes: number;
  /** Files of one run: workspace, /tmp and /dev/shm together. */
  readonly scratchBytes: number;
  /** Processes and threads of one run. */
  readonly processes: number;
  readonly network: "none";
  /** `default`, or a runtime the provider knows, such as `runsc`; a missing one is refused, never replaced. */
  readonly runtime: string;
  /** `auto` takes the strongest mode that works and names it in every result. */
  readonly mode: SandboxMode | "auto";
}

/** Refuses what no provider does yet; the field exists so that asking for it is an error and not ignored. */
export function assertSupported(spec: SandboxSpec): void {
  const network: string = spec.network;
  if (network !== "none")
    throw new SandlotError("sandbox_unsupported", { detail: `network ${network}: sandboxes have none` });
}

/** Memory that the agent and its templates need beside the runs. */
const AGENT_RESERVE_BYTES = 256 << 20;

/** Limit of the whole sandbox: what all runs and files may reach together, and the agent's reserve. */
export function sandboxMemoryBytes(spec: SandboxSpec): number {
  // The sandbox's own /tmp and /workspace count as one more scratch space.
  return spec.slots * (spec.memoryBytes + spec.scratchBytes) + spec.scratchBytes + AGENT_RESERVE_BYTES;
}

/** Process limit of the whole sandbox: no sum of runs reaches it, so no run can starve its neighbour's forks. */
export function sandboxProcesses(spec: SandboxSpec): number {
  return spec.slots * (spec.processes + 8) + 32;
}

/** Inodes of one run's scratch space. */
export const SCRATCH_INODES = 16_384;

/** Key under which interchangeable sandboxes are pooled. */
export function poolKey(spec: SandboxSpec): string {
  return JSON.stringify(Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)));
}
