import type { SandboxSpec } from "../../src/sandbox/spec.ts";

/** What a sandbox for one run at a time is made for. */
export const SINGLE_USE: SandboxSpec = {
  tenant: "blue",
  resource: "code_gen",
  image: "python",
  cpus: 1,
  slots: 1,
  memoryBytes: 128 << 20,
  scratchBytes: 64 << 20,
  processes: 64,
  network: "none",
  runtime: "default",
  mode: "C",
};
