export { candidateCouldCause, type FaultCause, faultCause } from "./faults.ts";
export { DEFAULT_POOL_LIMITS, type PoolLimits } from "./pool/limits.ts";
export type { PoolStats, SandboxLease, SandboxPool } from "./pool/pool.ts";
export { SandboxPools } from "./pool/pools.ts";
export { Reaper } from "./reaper.ts";
export type { ProviderReport, Sandbox, SandboxListing, SandboxOwner, SandboxProvider } from "./port.ts";
export type { CapturedOutput, LimitName, OutputFile, Program, RunLimits, RunRequest, RunResult } from "./run.ts";
export { poolKey, type SandboxMode, type SandboxSpec } from "./spec.ts";
