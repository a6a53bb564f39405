import type { RunLimits, SandboxSpec } from "../../../src/sandbox/index.ts";

/** Small, so that bombs are small: the limits are what is tried, not the machine. */
export const LIMITS: RunLimits = {
  wallMs: 10_000,
  cpuMs: 4_000,
  memoryBytes: 64 << 20,
  outputBytes: 2 << 20,
  processes: 24,
  diskBytes: 4 << 20,
  openFiles: 64,
};

/** As many slots as attacks, neighbours and inspections run at once. */
export const SPEC: SandboxSpec = {
  tenant: "default",
  resource: "attacks",
  image: "python",
  cpus: 2,
  slots: 6,
  memoryBytes: LIMITS.memoryBytes,
  scratchBytes: 8 << 20,
  processes: LIMITS.processes,
  network: "none",
  runtime: "default",
  mode: "auto",
};
