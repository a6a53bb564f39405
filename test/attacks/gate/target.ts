import type { SandboxMode } from "../../../src/sandbox/index.ts";

/** Where the gate is played: a provider, a container runtime, and what its slots are. */
export interface Target {
  readonly provider: "docker" | "local";
  readonly runtime: string;
  readonly mode: SandboxMode;
}

export const TARGETS = [
  { provider: "docker", runtime: "default", mode: "A" },
  { provider: "docker", runtime: "default", mode: "B" },
  { provider: "docker", runtime: "default", mode: "C" },
  // gVisor: Debian's of 2022, which has no namespaces inside, and a present one, which has.
  { provider: "docker", runtime: "runsc", mode: "C" },
  { provider: "docker", runtime: "runsc-systrap", mode: "A" },
  { provider: "local", runtime: "default", mode: "B" },
  { provider: "local", runtime: "default", mode: "C" },
] as const satisfies readonly Target[];

/** `docker-B`, `docker-runsc-C`: in file names and in the list of what does not apply. */
export function nameOf({ provider, runtime, mode }: Target): string {
  return [provider, ...(runtime === "default" ? [] : [runtime]), mode].join("-");
}

/** Whether slots share a sandbox there, so that there are neighbours and next runs. */
export function sharesSandboxes({ mode }: Target): boolean {
  return mode !== "C";
}
